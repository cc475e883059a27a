/* Live numbers: counters of cards; unread notices in badge and title. */

export const { lang } = document.documentElement;
export const plural = new Intl.PluralRules(lang);
const digits = (n) => n.toLocaleString(lang);

const { commentsOne, commentsOther } = document.body.dataset;

/* A number, or words with it: "No comments yet", "1 comment". Those of cards are on <body>. */
const words = ({ dataset }) => ("said" in dataset ? { one: commentsOne, other: commentsOther } : dataset);
const format = ({ zero = "", one, other = "{n}" }, n) => (n ? (one && plural.select(n) === "one" ? one : other).replace("{n}", digits(n)) : zero);

const show = {
  counts({ post, ...counts }) {
    for (const [what, n] of Object.entries(counts))
      for (const count of document.querySelectorAll(`[data-count="${post}:${what}"], article[data-post="${post}"] [data-count="${what}"]`))
        count.textContent = format(words(count), n);
  },
  unread({ count: n }) {
    for (const badge of document.querySelectorAll("[data-unread]")) {
      badge.hidden = !n;
      badge.firstElementChild.textContent = digits(n);
    }
    document.title = (n ? `(${n}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  },
};

document.addEventListener("live", ({ detail }) => show[detail.type]?.(detail));
