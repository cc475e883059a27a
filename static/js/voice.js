/* What a screen reader is told of a page that moves: one sentence in half a minute, the newest. */

const region = document.querySelector("[data-live-said]");
let later, spoke = 0;

function say(words) {
  clearTimeout(later);
  const wait = spoke + 30_000 - Date.now();
  if (wait > 0) return (later = setTimeout(say, wait, words));
  spoke = Date.now();
  region.textContent = words;
}

document.addEventListener("speak", ({ detail }) => say(detail));
