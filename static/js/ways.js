/* The ways to the server, for line.js, which is told when it may say what its pages watch (`open`), what is heard and
   that a way has ended. Each way sends what a page says, and shuts. */

export const dial = () => new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/live`);

export function websocket({ open, hear, ended }) {
  const socket = dial();
  socket.onopen = () => open();
  socket.onmessage = ({ data }) => hear(JSON.parse(data));
  socket.onclose = ({ code }) => ended(code);
  return {
    send: (message) => socket.readyState === 1 && socket.send(JSON.stringify({ v: 1, ...message })),
    shut: () => socket.close(),
  };
}

/* Where websockets are blocked: events for some pages, questions for the others. A browser opens six connections to
   a server at most, and loading pages takes some. */
export function apart(ears, most) {
  const stops = new Map(); // page -> what ends its events or questions
  setTimeout(ears.open);
  return {
    isApart: true,
    send({ type, page, ...asked }) {
      if (type === "writing") return;
      if (type === "ping") return ears.open();
      stops.get(page)?.();
      stops.delete(page);
      if (type === "watch") stops.set(page, (stops.size < most ? listen : ask)(new URLSearchParams(asked), page, ears));
    },
    shut: () => stops.forEach((stop) => stop()),
  };
}

function listen(asked, page, { hear, ended }) {
  const stream = new EventSource(`/live/events?${asked}`);
  stream.onmessage = ({ data }) => hear({ ...JSON.parse(data), page });
  stream.onerror = () => ended();
  stream.addEventListener("close", ({ data }) => ended(+data));
  return () => stream.close();
}

function ask(asked, page, { open, hear, ended }) {
  const next = setTimeout(open, 20_000, page);
  fetch(`/live/missed?${asked}`)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(4000 + answer.status)))
    .then(({ frames }) => frames.forEach((frame) => hear({ ...frame, page })), ended);
  return () => clearTimeout(next);
}
