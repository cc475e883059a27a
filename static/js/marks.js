/* Going back shows a page as it was left: "Save" on a post that was saved since. So after a mark was made in this tab,
   the page's marks, polls and follow buttons are loaded again. */

import { load } from "./cards.js";

const LAST = "kith:marked"; // when the last mark was made, in milliseconds
const PARTS = "form:is([id^=acts], [id^=menu], [id^=follows]), div[id^=poll]";

document.addEventListener("htmx:afterRequest", ({ detail: { successful, requestConfig } }) => {
  if (successful && requestConfig.verb === "post") sessionStorage.setItem(LAST, Date.now());
});

addEventListener("pageshow", async ({ persisted }) => {
  const [visit] = performance.getEntriesByType("navigation");
  const since = persisted ? performance.timeOrigin : visit?.type === "back_forward" ? 0 : Infinity;
  if (Number(sessionStorage.getItem(LAST)) <= since) return;
  const page = await load(location.href);
  for (const part of document.querySelectorAll(PARTS)) {
    const now = page.getElementById(part.id);
    if (!now) continue;
    part.replaceWith(now);
    window.htmx?.process(now);
  }
});
