/* One socket a page: docs/live.md. It says what is in view and from which id on, and hands frames on as the event
   "live". What was missed is sent again by id; what comes twice is dropped. */

const main = document.querySelector("main");
const { live, livePlace: place = "nothing" } = main.dataset;
const statusLine = document.querySelector("[data-live-status]");
const seen = new Set();
const FINAL = [4400, 4403];

let newest = Number(main.dataset.liveSince || 0);
let tries = 0;
let socket;
let timer;

function connect() {
  clearTimeout(timer);
  if (socket && socket.readyState < WebSocket.CLOSING) return;
  const address = new URL(live, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.onopen = watch;
  socket.onmessage = ({ data }) => hear(JSON.parse(data));
  socket.onclose = ({ code }) => FINAL.includes(code) || again();
}

function watch() {
  if (socket.readyState !== WebSocket.OPEN) return;
  const threads = new Set([...main.querySelectorAll("[data-thread]")].map(({ dataset }) => dataset.thread));
  socket.send(JSON.stringify({ v: 1, type: "watch", place, since: String(newest), threads: [...threads].slice(0, 100) }));
}

function hear(frame) {
  if (frame.id && seen.has(frame.id)) return;
  if (frame.id) seen.add(frame.id);
  if (frame.since) {
    tries = 0;
    statusLine?.setAttribute("hidden", "");
  }
  newest = Math.max(newest, Number(frame.since || frame.id || 0));
  document.dispatchEvent(new CustomEvent("live", { detail: frame }));
}

/* Full jitter: the readers of a server that was gone do not return all at once. */
function again() {
  statusLine?.removeAttribute("hidden");
  const longest = Math.min(30_000, 1000 * 2 ** ++tries);
  timer = setTimeout(connect, 1000 + Math.random() * (longest - 1000));
}

if (live && (place !== "nothing" || document.body.dataset.person)) {
  connect();
  document.addEventListener("shown", watch);
  addEventListener("online", connect);
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    socket.onclose = null;
    socket.close();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && connect());
}
