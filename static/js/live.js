/* What this page says to its line and hears from it: docs/live.md. It says what is in view and from which id on, and
   hands frames on as the event "live". What was missed is sent again by id; what comes twice is dropped. */

const main = document.querySelector("main");
const sign = document.querySelector("[data-live-sign]");
const { live, livePlace: place = "nothing" } = main.dataset;
const { person = "" } = document.body.dataset;
const seen = new Set();

let newest = Number(main.dataset.liveSince || 0);
let heard = 0;
let isLost = false;
let line, timer;

const say = (message) => line?.postMessage(message);
const leave = () => say({ type: "leave" });

function join() {
  try {
    const worker = new SharedWorker(live, { type: "module", name: person });
    worker.onerror = joinAlone;
    take(worker.port);
  } catch {
    joinAlone();
  }
}

async function joinAlone() {
  const { port1, port2 } = new MessageChannel();
  (await import(live)).join(port2);
  take(port1);
}

function take(port) {
  line = port;
  line.onmessage = ({ data }) => hear(data);
  watch();
}

function watch() {
  const threads = new Set([...main.querySelectorAll("[data-thread]")].map(({ dataset }) => dataset.thread));
  say({ type: "watch", reader: person, place, since: String(newest), threads: [...threads].slice(0, 100) });
}

function hear(frame) {
  const { type, id, since } = frame;
  if (type === "open") return watch();
  if (type === "lost" || type === "over") document.dispatchEvent(new Event("lost"));
  if (type === "lost") return lose(true);
  if (type === "over") return lose(false, "");
  if (id && seen.has(id)) return;
  if (id) seen.add(id);
  if (since) lose(false);
  heard = Date.now();
  newest = Math.max(newest, Number(since || id || 0));
  document.dispatchEvent(new CustomEvent("live", { detail: frame }));
}

/* A blink is not told: "Not live" stands from the second second on, "Live again" for four. */
function lose(now, words = "back") {
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

/* After a sleep, or among the pages that one may go back to, nobody knows what the line is worth. */
function wake() {
  if (document.visibilityState === "visible" && Date.now() - heard > 30_000) watch();
}

if (live && (place !== "nothing" || person)) {
  join();
  document.addEventListener("shown", watch);
  document.addEventListener("say", ({ detail }) => say(detail));
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", () => say({ type: "online" }) || wake());
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => persisted && join());
}
