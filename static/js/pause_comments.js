/* "Pause new comments": while the button is pressed, live_updates.js keeps new comments behind the pill. The choice is
   remembered while the tab is open. What is removed meanwhile keeps its height, so that nothing on the page moves. */

const button = document.querySelector("[data-pause]");
const kept = new Set(); // elements that keep the height of what was removed from them

function pause(on) {
  button.ariaPressed = on;
  sessionStorage.setItem(`hold ${button.dataset.pause}`, on);
}

function release() {
  for (const { style } of kept) style.minHeight = "";
  kept.clear();
}

function keepHeight({ detail: { type, post } }) {
  if (type !== "gone" || button.ariaPressed !== "true") return;
  for (const part of document.querySelectorAll(`article[data-post="${post}"], [data-post="${post}"] > article`)) {
    part.style.minHeight = `${part.offsetHeight}px`;
    kept.add(part);
  }
}

if (button) {
  pause(sessionStorage.getItem(`hold ${button.dataset.pause}`) === "true");
  button.hidden = false;
  button.addEventListener("click", () => pause(button.ariaPressed !== "true"));
  for (const control of [button, document.querySelector("[data-live-pill]")]) control.addEventListener("click", release);
  document.addEventListener("live", keepHeight, true); // before it is removed
}
