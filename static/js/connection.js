/* The connection of all open pages of a person: docs/live.md. A shared worker, or imported into each page. */

import { http, openSocket, websocket } from "./transports.js";

const TRANSPORTS = [websocket, websocket, (on) => http(on, 3), (on) => http(on, 0)]; // tried until one is answered
const MAX_PAGES = 15; // on a websocket
const pages = new Map(); // name -> port; the one that watched last is last

let transport, retryTimer, deadline, probeTimer, idleTimer;
let [next, tries, named, heardAt, sendAt, probeDelay] = [0, 0, 0, 0, 0, 0];
let [isLost, isHeard] = [false, false]; // heard over this transport

function notify(type, ports = pages.values()) {
  for (const port of ports) port.postMessage({ type });
}

function opened(page) {
  notify("open", page ? [pages.get(page)] : [...pages.values()].slice(-MAX_PAGES));
}

function connect() {
  close();
  isHeard = false;
  deadline = setTimeout(closed, 30_000);
  const mine = (transport = TRANSPORTS[next]({ opened, received, closed: (code) => mine === transport && closed(code) }));
}

function close() {
  for (const timer of [retryTimer, probeTimer, idleTimer]) clearTimeout(timer);
  deadline = clearTimeout(deadline);
  transport?.close();
  transport = null;
}

/* Full jitter, so that pages do not return all at once. */
function closed(code) {
  close();
  isLost = ![4400, 4403].includes(code) && !(code === 4401 && tries);
  notify(isLost ? "lost" : "over");
  if (!isLost) return;
  next = isHeard ? 0 : (next + 1) % TRANSPORTS.length;
  const longest = Math.min(30_000, 1000 * 2 ** ++tries);
  retryTimer = setTimeout(connect, code === 4503 ? Math.random() * 2000 : 1000 + Math.random() * (longest - 1000));
}

function received(frame) {
  if (!transport) return;
  deadline = clearTimeout(deadline);
  clearTimeout(idleTimer);
  idleTimer = setTimeout(ping, 60_000);
  heardAt = Date.now();
  if (!isHeard) transport.isHttp ? (probeTimer = setTimeout(probe, probeDelay)) : (probeDelay = 0);
  isHeard = true;
  if (frame.since) tries = isLost = 0;
  pages.get(frame.page)?.postMessage(frame);
}

/* A connection may be dead and tell neither end. */
function ping() {
  transport.send({ type: "ping" });
  deadline ||= setTimeout(closed, 5000);
}

/* A websocket is better: tried once HTTP works, then every ten minutes. */
function probe() {
  clearTimeout(probeTimer);
  probeDelay = 600_000;
  const socket = openSocket();
  socket.onclose = () => transport?.isHttp && (probeTimer = setTimeout(probe, probeDelay));
  socket.onopen = () => {
    next = 0;
    connect();
    socket.close();
  };
}

function handle(message, page, port) {
  if (message.type === "online") return online();
  if (message.type === "watch") watch(page, port);
  send({ page, ...message });
  if (message.type === "leave" && pages.delete(page) && !pages.size) close();
}

/* A page watches again when it is viewed: of too many, those viewed last stay. */
function watch(page, port) {
  if (!pages.size && !transport) connect(); // the last other page left after this one had joined
  pages.delete(page);
  pages.set(page, port);
  if (pages.size > MAX_PAGES) send({ type: "leave", page: [...pages.keys()].at(-1 - MAX_PAGES) });
  if (transport && isHeard && Date.now() - heardAt > 30_000) deadline ||= setTimeout(closed, 5000);
}

/* The server allows twenty messages a second. */
function send(message) {
  sendAt = Math.max(sendAt + 60, Date.now());
  setTimeout(() => transport?.send(message), sendAt - Date.now());
}

function online() {
  probeDelay = 0;
  if (transport && isHeard) return transport.isHttp && probe();
  if (!transport && !isLost) return; // the server ended it
  next = 0;
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, Math.random() * 1000);
}

export function join(port) {
  const page = (named++).toString(36);
  port.onmessage = ({ data }) => handle(data, page, port);
  port.onclose = () => handle({ type: "leave" }, page);
  if (isLost) notify("lost", [port]);
  if (!transport) connect();
}

globalThis.onconnect = ({ ports: [port] }) => join(port);
