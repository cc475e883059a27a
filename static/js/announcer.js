/* Tells screen readers of live changes: the newest sentence, at most once in 30 seconds. */

const region = document.querySelector("[data-announcer]");
let timer, announcedAt = 0;

export function announce(words) {
  clearTimeout(timer);
  const wait = announcedAt + 30_000 - Date.now();
  if (wait > 0) return (timer = setTimeout(announce, wait, words));
  announcedAt = Date.now();
  region.textContent = words;
}
