/* Letter keys, for people who switched them on. Each moves the focus or presses a link or button of the page. */

import { fetchRest } from "./menu.js";

const presses = {
  ".": "[data-live-pill]:not([hidden]) a",
  n: ".nav .write a",
  "?": "a[data-keys-list]",
  "/": "input[type=search], .icon-link",
  "g h": '.nav a[data-key="h"]',
  "g n": '.nav a[data-key="n"]',
  "g g": '.nav a[data-key="g"]',
};
const inside = {
  o: "[data-open], .title a, .by .nb a",
  Enter: "[data-open], .title a, .by .nb a",
  r: "[data-act=reply]",
  p: "[data-act=reshare]",
  s: "[data-act=save]",
};

const here = () => document.activeElement?.closest("article");
const isWriting = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

/* A comment's reply link is beside it, on the row of its replies. */
const partOf = (article, what) => article?.querySelector(what) || article?.parentElement.querySelector(`:scope > ${what}`);

/* A menu that was never opened is fetched first. */
async function pressLater(article, what) {
  const link = article?.querySelector("header > .menu > a");
  if (!link) return;
  await fetchRest(link);
  press(article.querySelector(what));
}

function press(element) {
  if (!element) return false;
  if (element.matches("input")) element.focus();
  else element.click();
  return true;
}

function step(by) {
  const articles = [...document.querySelectorAll("main article")].filter((article) => article.checkVisibility());
  const at = articles.indexOf(here());
  const next = at < 0 ? articles.find((article) => article.getBoundingClientRect().bottom > 0) : articles[at + by];
  if (!next) return false;
  next.tabIndex = -1;
  next.focus();
  return true;
}

function parent() {
  const above = here()?.closest("ol")?.closest("li")?.querySelector("article") || document.querySelector("main .full");
  if (!above) return false;
  above.tabIndex = -1;
  above.focus();
  return true;
}

function fold() {
  const replies = here()?.parentElement.querySelector(":scope > .fold");
  if (!replies) return false;
  replies.open = !replies.open;
  return true;
}

let first = "";

function act(key) {
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "u") return parent();
  if (key === "x") return fold();
  if (key === "Enter" && document.activeElement !== here()) return false;
  if (inside[key]) return press(partOf(here(), inside[key])) || (key === "s" && pressLater(here(), inside[key]));
  return presses[key] ? press(document.querySelector(presses[key])) : false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isWriting(event.target)) {
    if (event.key === "Escape") (event.target.closest("article") || document.querySelector("main")).focus();
    return;
  }
  const key = first + event.key;
  first = event.key === "g" && !first ? "g " : "";
  if (act(key)) event.preventDefault();
});
