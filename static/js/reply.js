/* Reply in place: loads the form from the page that the link leads to, and puts it under the comment. Close, a second
   press or Escape removes the form; its words stay as a draft. */

import { load, still } from "./cards.js";

let opening = false; // one form at a time, however often the link is pressed

const opened = () => document.querySelector("form[data-reply]");

/* The page has another form with the same ids. */
function rename(form) {
  for (const field of form.querySelectorAll("[id]")) field.id = `reply-${field.id}`;
  for (const label of form.querySelectorAll("[for]")) label.htmlFor = `reply-${label.htmlFor}`;
}

async function open(link) {
  const form = (await load(link.href)).querySelector("form[data-draft]");
  if (!form) return location.assign(link.href);
  rename(form);
  form.dataset.reply = "";
  form.querySelector("[data-close]").hidden = false;
  still(() => link.after(form));
  window.htmx?.process(form);
  document.dispatchEvent(new CustomEvent("arrived", { detail: form }));
  form.querySelector("textarea").focus();
}

function close(form) {
  const link = form.previousElementSibling;
  form.remove();
  link.focus();
  return link;
}

/* The form for the post itself, where a link leads to it. */
const focusOnForm = () => location.hash === "#say" && document.querySelector("#say textarea")?.focus();

addEventListener("load", focusOnForm); // after the browser has gone to the anchor itself
addEventListener("hashchange", focusOnForm);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("form[data-reply] [data-close]")) return close(opened());
  const again = event.target.closest?.('a[href$="#say"]');
  if (again && new URL(again.href).pathname === location.pathname) setTimeout(focusOnForm);
  const link = event.target.closest?.(".thread a.reply-link");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const form = opened();
  if (opening || (form && close(form) === link)) return;
  opening = true;
  open(link)
    .catch(() => location.assign(link.href))
    .finally(() => (opening = false));
});

document.addEventListener("keydown", ({ key, target }) => {
  const form = target.closest?.("form[data-reply]");
  if (key === "Escape" && form) close(form);
});
