/* Numbers that move: the counters of cards in view, and the notices in the badge and the title. */

const digits = (n) => n.toLocaleString(document.documentElement.lang);

const hear = {
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
};

document.addEventListener("live", ({ detail }) => hear[detail.type]?.(detail));
