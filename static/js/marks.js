/* The buttons of all cards belong to one form. The pressed one is sent alone, and its row is replaced. Back shows a page as
   it was left, so after a mark in this tab marks, menus, polls and follow buttons are loaded again. */

import { load } from "./cards.js";

const LAST = "kith:marked"; // when the last mark was made, in ms
const PARTS = "form[id^=follows], div[id^=poll], article .acts, article header > .menu";

async function send(button) {
  const article = button.closest("article");
  const hadFocus = document.activeElement === button;
  const row = button.closest(".marks") || button.closest(".acts");
  await window.htmx.ajax("POST", button.getAttribute("formaction"), { source: button, target: row, swap: "outerHTML" });
  if (hadFocus) article.querySelector(`:is(.marks, .acts) [data-act=${button.dataset.act}]`)?.focus();
}

function sendAlone(event) {
  if (event.target.id !== "send" || !window.htmx) return;
  event.preventDefault();
  send(event.submitter);
}

document.addEventListener("submit", sendAlone, true); // before submit_guard.js

document.addEventListener("htmx:afterRequest", ({ detail: { successful, requestConfig } }) => {
  if (successful && requestConfig.verb === "post") sessionStorage.setItem(LAST, Date.now());
});

/* By its id or, in a card, by its post. */
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
    if (part.open) now.open = true; // a menu
  }
});
