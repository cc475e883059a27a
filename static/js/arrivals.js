/* What the page does with a frame. Nothing moves what is being read: new entries wait behind the pill,
   and comments join by themselves only below the window, where the thread is not held. */

import { find, load, onPage, renew, still } from "./cards.js";

const main = document.querySelector("main");
const pill = document.querySelector("[data-live-pill]");
const link = pill?.querySelector("a");
const { lang } = document.documentElement;
const plural = new Intl.PluralRules(lang);
const isHeld = () => find("[data-hold][aria-pressed=true]");

const threads = new Map(); // thread that waits to be fetched -> id of its entry
const frames = new Map(); // post -> its comment or its change, which waits

const speak = (words) => document.dispatchEvent(new CustomEvent("speak", { detail: words }));

function offer(words) {
  link.querySelector("span").textContent = words;
  still(() => (pill.hidden = !words));
  if (words) speak(words);
}

function offerWaiting() {
  if (!pill || "reload" in link.dataset) return;
  const n = threads.size + [...frames.values()].filter(({ html }) => html).length;
  const words = link.dataset[n ? plural.select(n) : "edited"] || link.dataset.other;
  offer(n || frames.size ? words.replace("{n}", n.toLocaleString(lang)) : "");
}

function offerReload(words) {
  if (pill) offer(link.dataset[(link.dataset.reload = words)]);
}

function focus(article) {
  if (article) article.tabIndex = -1;
  article?.focus();
}

/* A frame may be ahead of the feed, which is then asked again. What is folded away, among older posts, on page two or
   somebody else's needs a load. What comes meanwhile waits on. */
async function showThreads() {
  const feed = find("[data-live-feed]");
  const ids = [...threads.keys()];
  let now;
  for (let tries = 0; tries < 5 && !now?.querySelector(`[data-thread="${ids.at(-1)}"]`); tries++) {
    await new Promise((done) => setTimeout(done, tries * 200));
    now = (await load(link.href)).querySelector("[data-live-feed]");
  }
  const theirs = [...(now?.querySelectorAll(":scope > article") || [])];
  const isHere = ({ dataset }) => feed?.querySelector(`[data-thread="${dataset.thread}"]`);
  const last = theirs.findLastIndex(isHere);
  const fresh = theirs.filter((article, n) => (n < last || last < 0) && !isHere(article));
  const isAll = ids.every((id) => !threads.has(id) || fresh.some(({ dataset }) => dataset.thread === id));
  if (!feed || !isAll || (last < 0 && feed.children.length)) return location.assign(link.href);
  still(() => feed.prepend(...fresh));
  window.htmx?.process(feed);
  for (const thread of ids) threads.delete(thread);
  offerWaiting();
  document.dispatchEvent(new Event("shown"));
  focus(fresh[0]);
}

function place({ parent, html }) {
  const list = find(`[data-replies="${parent}"]`);
  if (!list) return false;
  still(() => list.insertAdjacentHTML("beforeend", html));
  window.htmx?.process(list.lastElementChild);
  return true;
}

function refresh({ post }) {
  if (onPage(post)?.querySelector(".prose")) renew(post);
  else if (find("[data-replies]")) offerReload("changed");
}

async function showFrames() {
  const waited = [...frames.values()];
  if (waited.some((frame) => frame.html && !place(frame))) return location.reload();
  for (const frame of waited) if (!frame.html) refresh(frame);
  frames.clear();
  focus(onPage(waited[0]?.post));
}

const hear = {
  entry({ id, thread }) {
    if (!find(`[data-thread="${thread}"]`)) threads.set(thread, id);
    offerWaiting();
  },
  comment(frame) {
    if (onPage(frame.post)) return;
    const list = find(`[data-replies="${frame.parent}"]`);
    const isOpen = list && !frames.size && !list.closest("details:not([open])") && !isHeld();
    const isBelow = isOpen && (list.lastElementChild || list).getBoundingClientRect().bottom > innerHeight;
    if (isBelow && place(frame)) return speak(onPage(frame.post).ariaLabel);
    frames.set(frame.post, frame);
    offerWaiting();
  },
  changed(frame) {
    if (!isHeld() || !onPage(frame.post)) return refresh(frame);
    frames.set(frame.post, frame);
    offerWaiting();
  },
  gone({ post }) {
    threads.delete(post);
    frames.delete(post);
    offerWaiting();
    const article = onPage(post);
    still(() => {
      if (article?.matches("[data-live-feed] > article")) return article.remove();
      article?.replaceChildren(main.dataset.liveGone);
      article?.classList.add("soft");
    });
  },
  read({ place, upto }) {
    if (place !== main.dataset.livePlace) return;
    for (const [thread, id] of threads) if (Number(id) <= Number(upto)) threads.delete(thread);
    offerWaiting();
  },
  more: () => offerReload("more"),
};

document.addEventListener("live", ({ detail }) => hear[detail.type]?.(detail));
link?.addEventListener("click", async (event) => {
  if ("reload" in link.dataset) return;
  event.preventDefault();
  still(() => (pill.hidden = true));
  await (threads.size ? showThreads() : showFrames()).catch(offerWaiting);
});
