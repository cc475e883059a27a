/* Transports for connection.js. Each calls `opened` when pages may send, `received` with a frame, `closed` with a code. */

export const openSocket = () => new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/live`);

export function websocket({ opened, received, closed }) {
  const socket = openSocket();
  socket.onopen = () => opened();
  socket.onmessage = ({ data }) => received(JSON.parse(data));
  socket.onclose = ({ code }) => closed(code);
  return {
    send: (message) => socket.readyState === 1 && socket.send(JSON.stringify({ v: 1, ...message })),
    close: () => socket.close(),
  };
}

/* Where websockets are blocked: event streams for some pages, for a browser has six connections; the others poll. */
export function http(handlers, maxStreams) {
  const stops = new Map(); // page -> what stops its stream or its polling
  setTimeout(handlers.opened);
  return {
    isHttp: true,
    send({ type, page, ...query }) {
      if (type === "writing") return;
      if (type === "ping") return handlers.opened();
      stops.get(page)?.();
      stops.delete(page);
      const start = stops.size < maxStreams ? stream : poll;
      if (type === "watch") stops.set(page, start(new URLSearchParams(query), page, handlers));
    },
    close: () => stops.forEach((stop) => stop()),
  };
}

function stream(query, page, { received, closed }) {
  const source = new EventSource(`/live/events?${query}`);
  source.onmessage = ({ data }) => received({ ...JSON.parse(data), page });
  source.onerror = () => closed();
  source.addEventListener("close", ({ data }) => closed(+data));
  return () => source.close();
}

function poll(query, page, { opened, received, closed }) {
  const timer = setTimeout(opened, 20_000, page);
  fetch(`/live/missed?${query}`)
    .then((it) => (it.ok && !it.redirected ? it.json() : Promise.reject(it.ok ? 4401 : 4000 + it.status)))
    .then(({ frames }) => frames.forEach((frame) => received({ ...frame, page })), closed);
  return () => clearTimeout(timer);
}
