/* Cards on the page: where they are, that they stay in view, and what their posts read now. */

const main = document.querySelector("main");

export const find = (selector) => main.querySelector(selector);
export const onPage = (post) => find(`article[data-post="${post}"], [data-post="${post}"] > article`);

export function still(change) {
  const anchor = [...main.querySelectorAll("article")].find((article) => article.getBoundingClientRect().bottom > 0);
  const top = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - top);
}

export async function load(address) {
  // A page that one came back to would be given what the browser has kept.
  const answer = await fetch(address, { headers: { peek: 1 }, cache: "no-cache" });
  const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
  const isElses = page.querySelector("main") && page.body.dataset.person !== document.body.dataset.person;
  return isElses ? new Document() : page;
}

/* Of a post that somebody reshared the words alone: its heading tells who did. */
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
