/* What is being written outlives a reload, a crash and an expired session.

   <form data-draft="NAME"> is kept in this browser, for this person, under that name, from the first letter until
   the server says that it accepted it: by data-draft-done="NAME" on the next page, or by the event "accepted" (HX-Trigger).
   [data-draft-note] in the form says so once; [data-left="LIMIT"] counts down; Ctrl+Enter posts.
   A form with data-forget (signing out) throws this person's drafts away: the computer may be shared. */

const mine = `kith:${document.body.dataset.person || ""}:`;
const fields = (form) =>
  [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
const read = (field) => (isChoice(field) ? field.checked : field.value);
const slot = (field, i) => `${field.name} ${isChoice(field) ? field.value : i}`;
const load = (name) => JSON.parse(localStorage.getItem(mine + name) || "null");

function keep(form, sent) {
  const values = Object.fromEntries(fields(form).map((field, i) => [slot(field, i), read(field)]));
  try {
    localStorage.setItem(mine + form.dataset.draft, JSON.stringify({ values, sent }));
  } catch {
    return; // no room, or not allowed: the form still works
  }
  const note = form.querySelector("[data-draft-note]") || document.querySelector("[data-draft-note]");
  if (note && !note.textContent) note.textContent = note.dataset.draftNote;
}

function accepted(name) {
  if (load(name)?.sent) localStorage.removeItem(mine + name);
}

function restore(form) {
  const draft = load(form.dataset.draft);
  if (!draft) return;
  for (const [i, field] of fields(form).entries()) {
    const value = draft.values[slot(field, i)];
    if (value === undefined || form.dataset.bound !== undefined) continue; // a form sent back has the newer words
    if (isChoice(field)) field.checked = value;
    else field.value = value;
  }
  count(form);
}

function count(form) {
  for (const note of form.querySelectorAll("[data-left]")) {
    const field = document.getElementById(note.dataset.for);
    const left = note.dataset.left - [...field.value].length;
    note.textContent = note.dataset.words.replace("{n}", left.toLocaleString(document.documentElement.lang));
    note.classList.toggle("err", left < 0);
  }
}

for (const done of document.querySelectorAll("[data-draft-done]")) accepted(done.dataset.draftDone);
for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
for (const form of document.forms) count(form);

document.addEventListener("arrived", ({ detail: form }) => (restore(form), count(form)));

document.addEventListener("input", ({ target: { form } }) => {
  if (!form) return;
  if (form.dataset.draft) keep(form, false);
  count(form);
});

document.addEventListener("submit", ({ target: form }) => {
  if (form.dataset.draft) keep(form, true);
  if ("forget" in form.dataset)
    for (const key of Object.keys(localStorage)) if (key.startsWith(mine)) localStorage.removeItem(key);
});

document.addEventListener("accepted", ({ detail: { draft } }) => {
  accepted(draft);
  document.querySelector(`form[data-draft="${CSS.escape(draft)}"]`)?.reset();
});

document.addEventListener("keydown", (event) => {
  const { form, tagName } = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && tagName === "TEXTAREA") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.go"));
  }
});
