/* The buttons of all cards belong to one form. The one that was pressed is sent alone, and its row is replaced.

   Going back shows a page as it was left: "Save" on a post that was saved since. So after a mark was made in this tab,
   the page's marks, menus, polls and follow buttons are loaded again. */

import { load } from "./cards.js";

const LAST = "kith:marked"; // when the last mark was made, in milliseconds
const PARTS = "form[id^=follows], div[id^=poll], article .acts, article header > .menu";

async function send(button) {
  const { act } = button.dataset;
  const article = button.closest("article");
  const hadFocus = document.activeElement === button;
  const row = button.closest(".marks") || button.closest(".acts");
  await window.htmx.ajax("POST", button.getAttribute("formaction"), { source: button, target: row, swap: "outerHTML" });
  if (hadFocus) article.querySelector(`:is(.marks, .acts) [data-act=${act}]`)?.focus();
}

/* Before submit_guard.js, which keeps a form from being sent twice. */
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.id !== "send" || !window.htmx) return;
    event.preventDefault();
    send(event.submitter);
  },
  true,
);

document.addEventListener("htmx:afterRequest", ({ detail: { successful, requestConfig } }) => {
  if (successful && requestConfig.verb === "post") sessionStorage.setItem(LAST, Date.now());
});

/* Finds a part on another page: by its id or, in a card, by its post. */
function sameOn(page, part) {
  if (part.id) return page.getElementById(part.id);
  const { post } = part.closest("[data-post]").dataset;
  const article = `:is(article[data-post="${post}"], [data-post="${post}"] > article)`;
  return page.querySelector(`${article} ${part.matches(".menu") ? "header > .menu" : ".acts"}`);
}

addEventListener("pageshow", async ({ persisted }) => {
  const [visit] = performance.getEntriesByType("navigation");
  const since = persisted ? performance.timeOrigin : visit?.type === "back_forward" ? 0 : Infinity;
  if (Number(sessionStorage.getItem(LAST)) <= since) return;
  const page = await load(location.href);
  for (const part of document.querySelectorAll(PARTS)) {
    const now = sameOn(page, part);
    if (!now) continue;
    part.replaceWith(now);
    window.htmx?.process(now);
    if (part.open) now.open = true; // a menu, which is fetched anew
  }
});
