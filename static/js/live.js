/* One socket a page. It says what is in view and from which id on, and hands each frame to the page as the event
   "live". Whatever was missed is sent again by id; what comes twice is dropped here. */

const main = document.querySelector("main");
const { live, livePlace: place } = main.dataset;
const statusLine = document.querySelector("[data-live-status]");
const seen = new Set();
const REFUSED = [4401, 4403];

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
  socket.onclose = ({ code }) => REFUSED.includes(code) || again();
}

function watch() {
  statusLine?.setAttribute("hidden", "");
  if (place) socket.send(JSON.stringify({ v: 1, type: "watch", place, since: String(newest) }));
}

function hear(frame) {
  tries = 0;
  if (frame.id) {
    if (seen.has(frame.id)) return;
    seen.add(frame.id);
    newest = Math.max(newest, Number(frame.id));
  }
  document.dispatchEvent(new CustomEvent("live", { detail: frame }));
}

/* Full jitter: when a server comes back, its readers do not come back all at once. */
function again() {
  statusLine?.removeAttribute("hidden");
  const longest = Math.min(30_000, 1000 * 2 ** ++tries);
  timer = setTimeout(connect, 1000 + Math.random() * (longest - 1000));
}

if (live && (place || document.body.dataset.person)) {
  connect();
  addEventListener("online", connect);
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    socket.onclose = null;
    socket.close();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && connect());
}
