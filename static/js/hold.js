/* "Pause new comments" keeps a thread as it is until the pill is pressed: arrivals.js looks at the button. Here it is
   pressed, and remembered while the tab is open; and what is taken down meanwhile leaves its room behind. */

const button = document.querySelector("[data-hold]");
const kept = new Set();

function hold(on) {
  button.ariaPressed = on;
  sessionStorage.setItem(`hold ${button.dataset.hold}`, on);
}

function release() {
  for (const { style } of kept) style.minHeight = "";
  kept.clear();
}

function keepRoom({ detail: { type, post } }) {
  if (type !== "gone" || button.ariaPressed !== "true") return;
  for (const part of document.querySelectorAll(`article[data-post="${post}"], [data-post="${post}"] > article`)) {
    part.style.minHeight = `${part.offsetHeight}px`;
    kept.add(part);
  }
}

if (button) {
  hold(sessionStorage.getItem(`hold ${button.dataset.hold}`) === "true");
  button.hidden = false;
  button.addEventListener("click", () => hold(button.ariaPressed !== "true"));
  for (const way of [button, document.querySelector("[data-live-pill]")]) way.addEventListener("click", release);
  document.addEventListener("live", keepRoom, true); // before it is gone
}
