/* What the page does with a frame ("live" event). Nothing moves what is being read: new entries wait behind the pill,
   comments join by themselves only below the window, and what has focus, is open or holds text is never replaced. */

const main = document.querySelector("main");
const pill = document.querySelector("[data-live-pill]");
const link = pill?.querySelector("a");
const said = document.querySelector("[data-live-said]");
const lang = document.documentElement.lang;
const plural = new Intl.PluralRules(lang);
const find = (selector) => main.querySelector(selector);
const onPage = (id) => find(`[data-post="${id}"]`);

const threads = new Set(); // ids of threads that wait to be fetched
const comments = new Map(); // id -> frame of comments that wait to be put in
let spoke = 0;
let later;

function say(words) {
  clearTimeout(later);
  const wait = spoke + 30_000 - Date.now();
  if (wait > 0) return (later = setTimeout(say, wait, words));
  spoke = Date.now();
  if (said) said.textContent = words;
}

function offer(words) {
  if (!pill) return;
  link.querySelector("span").textContent = words;
  still(() => (pill.hidden = false));
  say(words);
}

function offerWaiting() {
  if (!pill || "reload" in link.dataset) return;
  const n = threads.size + comments.size;
  if (!n) return still(() => (pill.hidden = true));
  const words = link.dataset[plural.select(n)] || link.dataset.other;
  offer(words.replace("{n}", n.toLocaleString(lang)));
}

function still(change) {
  const anchor = [...main.querySelectorAll("article")].find((article) => article.getBoundingClientRect().bottom > 0);
  const top = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - top);
}

function focus(element) {
  const article = element?.matches("article") ? element : element?.querySelector("article");
  if (!article) return;
  article.tabIndex = -1;
  article.focus();
}

async function load(address) {
  const answer = await fetch(address);
  return new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
}

/* A frame may be here before the feed is: what it tells of is asked for again, a little later. */
async function showThreads() {
  const feed = find("[data-live-feed]");
  let theirs, fresh;
  for (let tries = 0; tries < 5; tries++) {
    await new Promise((done) => setTimeout(done, tries * 200));
    theirs = [...(await load(link.href)).querySelectorAll("[data-live-feed] > article")];
    fresh = theirs.filter(({ dataset }) => !feed.querySelector(`[data-thread="${dataset.thread}"]`));
    if (fresh.length >= Math.min(threads.size, theirs.length)) break;
  }
  if (!fresh.length || (fresh.length === theirs.length && feed.children.length)) return location.assign(link.href);
  still(() => feed.prepend(...fresh));
  window.htmx?.process(feed);
  threads.clear();
  document.dispatchEvent(new Event("shown"));
  focus(fresh[0]);
}

function place({ parent, html }) {
  const list = find(`[data-replies="${parent}"]`);
  if (!list) return null;
  const template = document.createElement("template");
  template.innerHTML = html;
  const item = template.content.firstElementChild;
  still(() => {
    list.append(item);
    const fold = list.closest("details");
    if (fold) fold.hidden = false;
  });
  window.htmx?.process(item);
  return item;
}

function showComments() {
  const items = [...comments.values()].map(place).filter(Boolean);
  if (items.length < comments.size) return location.reload();
  comments.clear();
  focus(items[0]);
}

function gone(id) {
  threads.delete(id);
  comments.delete(id);
  const part = onPage(id);
  if (!part) return;
  const article = part.matches("article") ? part : part.querySelector("article");
  still(() => {
    if (article.matches("[data-live-feed] > article")) return article.remove();
    const words = Object.assign(document.createElement("p"), { className: "soft", textContent: main.dataset.liveGone });
    article.replaceChildren(words);
  });
}

const hear = {
  entry({ thread }) {
    if (!find(`[data-thread="${thread}"]`)) threads.add(thread);
    offerWaiting();
  },
  comment(frame) {
    if (onPage(frame.id)) return;
    const list = find(`[data-replies="${frame.parent}"]`);
    const isBelow = list && !list.closest("details:not([open])") && (list.lastElementChild || list).getBoundingClientRect().bottom > innerHeight;
    if (isBelow && place(frame)) return say(find(`[data-post="${frame.id}"] article`)?.ariaLabel || "");
    comments.set(frame.id, frame);
    offerWaiting();
  },
  gone({ post }) {
    gone(post);
    offerWaiting();
  },
  counts({ post, ...counts }) {
    for (const [what, n] of Object.entries(counts))
      for (const count of document.querySelectorAll(`[data-count="${post}:${what}"]`)) count.textContent = n ? n.toLocaleString(lang) : "";
  },
  unread({ count: n }) {
    for (const badge of document.querySelectorAll("[data-unread]")) {
      badge.hidden = !n;
      badge.firstElementChild.textContent = n.toLocaleString(lang);
    }
    document.title = (n ? `(${n}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  },
  more() {
    if (link) link.dataset.reload = "";
    offer(link?.dataset.more);
  },
  async changed({ post }) {
    const here = onPage(post);
    if (here) {
      const [now, then] = [await load(`/posts/${post}/part`), here].map((part) => part.querySelector(".prose"));
      return now && then && still(() => then.replaceWith(now));
    }
    if (!find(`[data-replies]`)) return;
    link.dataset.reload = "";
    offer(link.dataset.changed);
  },
};

document.addEventListener("live", ({ detail }) => hear[detail.type]?.(detail));
link?.addEventListener("click", async (event) => {
  if ("reload" in link.dataset) return;
  event.preventDefault();
  still(() => (pill.hidden = true));
  await (threads.size ? showThreads() : showComments());
});
