/* Shows frames without moving what is being read: new entries wait behind the pill, comments too unless they are below
   the window and not paused. */

import { announce } from "./announcer.js";
import { find, load, onPage, renew, still } from "./cards.js";
import { lang, plural } from "./numbers.js";

const main = document.querySelector("main");
const pill = document.querySelector("[data-live-pill]");
const link = pill?.querySelector("a");
const { release: own } = main.dataset;
const isOld = () => "reload" in link.dataset;
const isPaused = () => find("[data-pause][aria-pressed=true]");

const oldest = parseInt(find("[rel=next]")?.search.split("older=")[1]) || 0; // else on page two
const threads = new Map(); // queued: thread -> id of its entry
const frames = new Map(); // queued comments and changes: post -> frame

function offer(words) {
  link.querySelector("span").textContent = words;
  still(() => (pill.hidden = !words));
  if (words) announce(words);
}

function offerQueued() {
  if (!pill || isOld()) return;
  const n = threads.size + [...frames.values()].filter(({ html }) => html).length;
  const words = link.dataset[n ? plural.select(n) : "edited"] || link.dataset.other;
  offer(n || frames.size ? words.replace("{n}", n.toLocaleString(lang)) : "");
}

function queue(frame) {
  frames.set(frame.post, frame);
  offerQueued();
}

function offerReload(words) {
  if (pill) offer(link.dataset[(link.dataset.reload = words)]);
}

function focus(article) {
  if (!article) return;
  article.tabIndex = -1;
  article.focus();
}

/* Fetches the feed, again where a frame is ahead of it. A folded entry needs a load. */
async function showThreads() {
  const feed = find("[data-live-feed]");
  const ids = [...threads.keys()];
  let now;
  for (let tries = 0; tries < 5 && !now?.querySelector(`[data-thread="${ids.at(-1)}"]`); tries++) {
    await new Promise((done) => setTimeout(done, tries * 200));
    now = (await load(link.href)).querySelector("[data-live-feed]");
  }
  const fetched = [...(now?.querySelectorAll(":scope > article") || [])];
  const isHere = ({ dataset }) => feed?.querySelector(`[data-thread="${dataset.thread}"]`);
  const last = fetched.findLastIndex(isHere);
  const fresh = fetched.filter((article, n) => (n < last || last < 0) && !isHere(article));
  const isAll = ids.every((id) => !threads.has(id) || fresh.some(({ dataset }) => dataset.thread === id));
  if (!feed || !isAll || (last < 0 && feed.children.length)) return location.assign(link.href);
  still(() => feed.prepend(...fresh));
  window.htmx?.process(feed);
  for (const thread of ids) threads.delete(thread);
  offerQueued();
  document.dispatchEvent(new Event("shown"));
  focus(fresh[0]);
}

function append({ parent, html }) {
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
  const queued = [...frames.values()];
  if (queued.some((frame) => frame.html && !append(frame))) return location.reload();
  for (const frame of queued) if (!frame.html) refresh(frame);
  frames.clear();
  focus(onPage((queued.find(({ html }) => html) || queued[0])?.post));
}

const show = {
  entry({ id, thread }) {
    if (id > oldest && !find(`[data-thread="${thread}"]`)) threads.set(thread, id);
    offerQueued();
  },
  comment(frame) {
    if (onPage(frame.post)) return;
    const list = find(`[data-replies="${frame.parent}"]`);
    const isOpen = list && !isOld() && !frames.size && !list.closest("details:not([open])") && !isPaused();
    const isBelow = isOpen && (list.lastElementChild || list).getBoundingClientRect().bottom > innerHeight;
    if (isBelow && append(frame)) return announce(onPage(frame.post).ariaLabel);
    queue(frame);
  },
  changed: (frame) => (isPaused() && onPage(frame.post) ? queue : refresh)(frame),
  gone({ post }) {
    threads.delete(post);
    frames.delete(post);
    offerQueued();
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
    offerQueued();
  },
  more: () => offerReload("more"),
  ready: ({ release = own }) => release !== own && offerReload("updated"),
};

document.addEventListener("live", ({ detail }) => show[detail.type]?.(detail));
link?.addEventListener("click", async (event) => {
  if (isOld()) return;
  event.preventDefault();
  still(() => (pill.hidden = true));
  await (threads.size ? showThreads() : showFrames()).catch(offerQueued);
});
