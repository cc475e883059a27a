/* What the page does with a frame. Nothing moves what is being read: new entries wait behind the pill,
   and comments join by themselves only below the window. */

const main = document.querySelector("main");
const pill = document.querySelector("[data-live-pill]");
const link = pill?.querySelector("a");
const { lang } = document.documentElement;
const plural = new Intl.PluralRules(lang);
const find = (selector) => main.querySelector(selector);
const onPage = (id) => find(`[data-post="${id}"]`);
const digits = (n) => n.toLocaleString(lang);

const threads = new Set(); // ids that wait to be fetched
const comments = new Map(); // id -> frame that waits
let spoke = 0;
let later;

function say(words) {
  clearTimeout(later);
  const wait = spoke + 30_000 - Date.now();
  if (wait > 0) return (later = setTimeout(say, wait, words));
  spoke = Date.now();
  document.querySelector("[data-live-said]").textContent = words;
}

function offer(words) {
  link.querySelector("span").textContent = words;
  still(() => (pill.hidden = !words));
  if (words) say(words);
}

function offerWaiting() {
  if (!pill || "reload" in link.dataset) return;
  const n = threads.size + comments.size;
  offer(n ? (link.dataset[plural.select(n)] || link.dataset.other).replace("{n}", digits(n)) : "");
}

function offerReload(words) {
  if (!pill) return;
  link.dataset.reload = "";
  offer(link.dataset[words]);
}

function still(change) {
  const anchor = [...main.querySelectorAll("article")].find((article) => article.getBoundingClientRect().bottom > 0);
  const top = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - top);
}

function focus(article) {
  if (!article) return;
  article.tabIndex = -1;
  article.focus();
}

async function load(address) {
  const answer = await fetch(address);
  return new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
}

/* A frame may be ahead of the feed, which is then asked again. */
async function showThreads() {
  const feed = find("[data-live-feed]");
  let theirs, fresh;
  for (let tries = 0; tries < 5; tries++) {
    await new Promise((done) => setTimeout(done, tries * 200));
    theirs = [...(await load(link.href)).querySelectorAll("[data-live-feed] > article")];
    fresh = theirs.filter(({ dataset }) => !feed?.querySelector(`[data-thread="${dataset.thread}"]`));
    if (fresh.length >= Math.min(threads.size, theirs.length || 1)) break;
  }
  if (!feed || !fresh.length || (fresh.length === theirs.length && feed.children.length)) return location.assign(link.href);
  still(() => feed.prepend(...fresh));
  window.htmx?.process(feed);
  threads.clear();
  document.dispatchEvent(new Event("shown"));
  focus(fresh[0]);
}

function place({ parent, html }) {
  const list = find(`[data-replies="${parent}"]`);
  if (!list) return null;
  still(() => {
    list.insertAdjacentHTML("beforeend", html);
    list.closest("details")?.removeAttribute("hidden");
  });
  window.htmx?.process(list.lastElementChild);
  return list.lastElementChild;
}

function showComments() {
  const items = [...comments.values()].map(place).filter(Boolean);
  if (items.length < comments.size) return location.reload();
  comments.clear();
  focus(items[0].querySelector("article"));
}

const hear = {
  entry({ thread }) {
    if (!find(`[data-thread="${thread}"]`)) threads.add(thread);
    offerWaiting();
  },
  comment(frame) {
    if (onPage(frame.id)) return;
    const list = find(`[data-replies="${frame.parent}"]`);
    const isOpen = list && !list.closest("details:not([open])");
    const isBelow = isOpen && (list.lastElementChild || list).getBoundingClientRect().bottom > innerHeight;
    if (isBelow && place(frame)) return say(onPage(frame.id).querySelector("article").ariaLabel);
    comments.set(frame.id, frame);
    offerWaiting();
  },
  gone({ post }) {
    threads.delete(post);
    comments.delete(post);
    offerWaiting();
    const part = onPage(post);
    const article = part?.matches("article") ? part : part?.querySelector("article");
    still(() => {
      if (article?.matches("[data-live-feed] > article")) return article.remove();
      article?.replaceChildren(main.dataset.liveGone);
      article?.classList.add("soft");
    });
  },
  counts({ post, ...counts }) {
    for (const [what, n] of Object.entries(counts))
      for (const count of document.querySelectorAll(`[data-count="${post}:${what}"]`)) count.textContent = n ? digits(n) : "";
  },
  unread({ count: n }) {
    for (const badge of document.querySelectorAll("[data-unread]")) {
      badge.hidden = !n;
      badge.firstElementChild.textContent = digits(n);
    }
    document.title = (n ? `(${n}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  },
  more: () => offerReload("more"),
  async changed({ post }) {
    const here = onPage(post)?.querySelector(".prose");
    const now = here && (await load(`/posts/${post}/part`)).querySelector(".prose");
    if (now) still(() => here.replaceWith(now));
    else if (!here && find("[data-replies]")) offerReload("changed");
  },
};

document.addEventListener("live", ({ detail }) => hear[detail.type]?.(detail));
link?.addEventListener("click", async (event) => {
  if ("reload" in link.dataset) return;
  event.preventDefault();
  still(() => (pill.hidden = true));
  await (threads.size ? showThreads() : showComments());
});
