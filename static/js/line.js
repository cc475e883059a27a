/* The line between all open pages of a person and the server: docs/live.md. A shared worker; where there is none, a
   page loads it for itself. Only pages know what they show and have heard: told "open", they say what they watch. */

import { apart, dial, websocket } from "./ways.js";

const WAYS = [websocket, websocket, (ears) => apart(ears, 3), (ears) => apart(ears, 0)]; // until one is answered
const MOST = 15; // pages on a websocket
const pages = new Map(); // name -> port; who watched last is last

let line, timer, patience, probing, idle;
let [at, tries, named, heard, free, rest] = [0, 0, 0, 0, 0, 0];
let [isLost, isHeard] = [false, false]; // isHeard: on this line

function tell(type, ports = pages.values()) {
  for (const port of ports) port.postMessage({ type });
}

function open(page) {
  tell("open", page ? [pages.get(page)] : [...pages.values()].slice(-MOST));
}

function connect() {
  shut();
  isHeard = false;
  patience = setTimeout(ended, 30_000);
  const mine = (line = WAYS[at]({ open, hear, ended: (code) => mine === line && ended(code) }));
}

function shut() {
  for (const due of [timer, probing, idle]) clearTimeout(due);
  patience = clearTimeout(patience);
  line?.shut();
  line = null;
}

/* Full jitter: the readers of a server that was gone do not return all at once. */
function ended(code) {
  shut();
  isLost = ![4400, 4403].includes(code) && !(code === 4401 && tries);
  tell(isLost ? "lost" : "over");
  if (!isLost) return;
  at = isHeard ? 0 : (at + 1) % WAYS.length;
  const longest = Math.min(30_000, 1000 * 2 ** ++tries);
  timer = setTimeout(connect, code === 4503 ? Math.random() * 2000 : 1000 + Math.random() * (longest - 1000));
}

function hear(frame) {
  if (!line) return;
  patience = clearTimeout(patience);
  clearTimeout(idle);
  idle = setTimeout(doubt, 60_000);
  heard = Date.now();
  if (!isHeard) line.isApart ? (probing = setTimeout(probe, rest)) : (rest = 0);
  isHeard = true;
  if (frame.since) tries = isLost = 0;
  pages.get(frame.page)?.postMessage(frame);
}

/* A network may take a line away without a word to either end. */
function doubt() {
  line.send({ type: "ping" });
  patience ||= setTimeout(ended, 5000);
}

/* A websocket is better: it is tried once another way has shown that the server is there, then every ten minutes. */
function probe() {
  clearTimeout(probing);
  rest = 600_000;
  const socket = dial();
  socket.onclose = () => line?.isApart && (probing = setTimeout(probe, rest));
  socket.onopen = () => {
    at = 0;
    connect();
    socket.close();
  };
}

function heed(message, page, port) {
  if (message.type === "online") return isOnline();
  if (message.type === "watch") watch(page, port);
  say({ page, ...message });
  if (message.type === "leave" && pages.delete(page) && !pages.size) shut();
}

/* Who comes back to a page looks at it, so of too many those are left that were not looked at for longest. */
function watch(page, port) {
  if (!pages.size && !line) connect(); // the last of the others left after this one had come
  pages.delete(page);
  pages.set(page, port);
  if (pages.size > MOST) say({ type: "leave", page: [...pages.keys()].at(-1 - MOST) });
  if (line && isHeard && Date.now() - heard > 30_000) patience ||= setTimeout(ended, 5000);
}

/* Twenty messages a second are allowed. */
function say(message) {
  free = Math.max(free + 60, Date.now());
  setTimeout(() => line?.send(message), free - Date.now());
}

function isOnline() {
  rest = 0;
  if (line && isHeard) return line.isApart && probe();
  if (!line && !isLost) return; // it is over
  at = 0;
  clearTimeout(timer);
  timer = setTimeout(connect, Math.random() * 1000);
}

export function join(port) {
  const page = (named++).toString(36);
  port.onmessage = ({ data }) => heed(data, page, port);
  port.onclose = () => heed({ type: "leave" }, page);
  if (isLost) tell("lost", [port]);
  if (!line) connect();
}

globalThis.onconnect = ({ ports: [port] }) => join(port);
