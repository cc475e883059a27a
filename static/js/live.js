/* This page's end of the connection: docs/live.md. It sends what it shows and its newest id, to have missed frames replayed,
   and dispatches each frame once, as "live". */

const main = document.querySelector("main");
const sign = document.querySelector("[data-live-sign]");
const { live, livePlace: place = "nothing" } = main.dataset;
const { person = "" } = document.body.dataset;
const seen = new Set();

let newest = Number(main.dataset.liveSince || 0);
let receivedAt = 0;
let isLost = false;
let connection, timer;

const send = (message) => connection?.postMessage(message);

function join() {
  try {
    const worker = new SharedWorker(live, { type: "module", name: person });
    worker.onerror = joinAlone;
    use(worker.port);
  } catch {
    joinAlone();
  }
}

async function joinAlone() {
  const { port1, port2 } = new MessageChannel();
  (await import(live)).join(port2);
  use(port1);
}

function use(port) {
  connection = port;
  connection.onmessage = ({ data }) => received(data);
  watch();
}

function watch() {
  const threads = new Set([...main.querySelectorAll("[data-thread]")].map(({ dataset }) => dataset.thread));
  send({ type: "watch", reader: person, place, since: String(newest), threads: [...threads].slice(0, 100) });
}

function received(frame) {
  const { type, id, since } = frame;
  if (type === "open") return watch();
  if (type === "lost" || type === "over") {
    document.dispatchEvent(new Event("lost"));
    return setLost(type === "lost", "");
  }
  if (id && seen.has(id)) return;
  if (id) seen.add(id);
  if (since) setLost(false);
  receivedAt = Date.now();
  newest = Math.max(newest, Number(since || id || 0));
  document.dispatchEvent(new CustomEvent("live", { detail: frame }));
}

/* "Not live" shows after two seconds, "Live again" for four. */
function setLost(now, words = "back") {
  if (now === isLost) return;
  isLost = now;
  clearTimeout(timer);
  if (!now) show(sign.hidden ? "" : words);
  timer = setTimeout(show, now ? 2000 : 4000, now ? "lost" : "");
}

function show(words) {
  sign.hidden = !words;
  sign.textContent = sign.dataset[words];
}

/* After a sleep, or in the back-forward cache, the connection may be dead. */
function wake() {
  if (document.visibilityState === "visible" && Date.now() - receivedAt > 30_000) watch();
}

if (live && (place !== "nothing" || person)) {
  join();
  document.addEventListener("shown", watch);
  document.addEventListener("send", ({ detail }) => send(detail));
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", () => send({ type: "online" }) || wake());
  addEventListener("pagehide", () => send({ type: "leave" }));
  addEventListener("pageshow", ({ persisted }) => persisted && join());
}
