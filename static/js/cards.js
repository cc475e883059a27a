/* Cards on the page: find, keep in place, load again. */

const main = document.querySelector("main");

export const find = (selector) => main.querySelector(selector);
export const onPage = (post) => find(`article[data-post="${post}"], [data-post="${post}"] > article`);

/* Runs `change` without moving what is being read or written. */
export function still(change) {
  const inView = (part) => part.getBoundingClientRect().bottom > 0;
  const anchor = [...main.querySelectorAll("textarea:focus, article")].find(inView);
  const top = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - top);
}

export async function load(address) {
  const response = await fetch(address, { headers: { peek: 1 }, cache: "no-cache" }); // Back reads the cache
  const page = new DOMParser().parseFromString(response.ok ? await response.text() : "", "text/html");
  const isForAnother = page.querySelector("main") && page.body.dataset.person !== document.body.dataset.person;
  return isForAnother ? new Document() : page;
}

/* Replaces the text of a post, but not the heading of a reshare. */
export async function renew(post) {
  const now = (await load(`/posts/${post}/part`)).querySelector("article");
  const here = onPage(post);
  if (!now || !here) return;
  const text = ":scope > :is(.prose, .cw)";
  const parts = here.querySelector(text) ? [text, `#h${post}`] : [".prose"];
  still(() => {
    here.ariaLabel = now.ariaLabel;
    for (const part of parts) swap(here.querySelector(part), now.querySelector(part));
  });
}

function swap(old, now) {
  if (!old || !now) return;
  now.open = old.open;
  if (old.tagName !== "H1") return old.replaceWith(now);
  old.className = now.className;
  old.textContent = now.textContent;
}
