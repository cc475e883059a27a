/* Announces live changes to screen readers: the newest sentence, at most one in 30 seconds. */

const region = document.querySelector("[data-announcer]");
let timer, announcedAt = 0;

function announce(words) {
  clearTimeout(timer);
  const wait = announcedAt + 30_000 - Date.now();
  if (wait > 0) return (timer = setTimeout(announce, wait, words));
  announcedAt = Date.now();
  region.textContent = words;
}

document.addEventListener("announce", ({ detail }) => announce(detail));
