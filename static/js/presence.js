/* Shows who is here and who is writing, in groups that show it, and sends that this person is writing. The rows are
   always there, so nothing moves. They are no live region, so a screen reader is not interrupted. */

const main = document.querySelector("main");
const here = main.querySelector("[data-here]");
const writing = main.querySelector("[data-writing]");
const { lang } = document.documentElement;
const plural = new Intl.PluralRules(lang);
const list = new Intl.ListFormat(lang);
const NAMED = 3;
const INTERVAL = 3000; // milliseconds

let sentAt = 0;

const words = ({ dataset }, n) => dataset[plural.select(n)] || dataset.other;
const name = (person) => person.name;

function showHere(people, more) {
  if (!here) return;
  const rest = Math.max(0, people.length - NAMED) + more;
  const names = people.slice(0, NAMED).map(name);
  if (rest) names.push(words(here, rest).replace("{n}", rest.toLocaleString(lang)));
  here.textContent = names.length ? here.dataset.here.replace("{names}", () => list.format(names)) : "";
}

function showWriting(people) {
  if (!writing) return;
  const [stitch, names] = writing.children;
  stitch.hidden = !people.length;
  names.textContent = people.length ? words(writing, people.length).replace("{names}", () => list.format(people.map(name))) : "";
}

function show(people, more, ids) {
  showHere(people, more);
  showWriting(people.filter(({ id }) => ids.includes(id)).slice(0, NAMED));
}

document.addEventListener("live", ({ detail: { type, people, more, writing: ids } }) => type === "here" && show(people, more, ids));
document.addEventListener("lost", () => show([], 0, []));

/* In the form of a group's page another place can be chosen: writing for that place is not writing here. */
document.addEventListener("input", ({ target }) => {
  if (!target.matches("main textarea[name=text]") || !target.value.trim()) return;
  const place = target.form.elements.place?.value ?? main.dataset.livePlace;
  if (place !== main.dataset.livePlace || Date.now() - sentAt < INTERVAL) return;
  sentAt = Date.now();
  document.dispatchEvent(new CustomEvent("send", { detail: { type: "writing" } }));
});
