/* Drafts survive a reload, a crash and an expired session. This browser stores <form data-draft="NAME"> for this person
   until a page confirms it by data-draft-done="NAME". A draft never sets the audience: where its place is not the
   page's, the writer chooses. [data-draft-note] says that drafts are stored, [data-left="LIMIT"][data-for] counts
   down, Ctrl+Enter posts. A form with data-forget (signing out) deletes drafts. */

const mine = `kith:${document.body.dataset.person || ""}:`;
const fields = (form) => [...form.elements].filter(({ name, type }) => name && !/hidden|password|file|submit|button/.test(type));
const isBox = (field) => field.type === "checkbox" || field.type === "radio";
const read = (field) => (isBox(field) ? field.checked : field.value);
const load = (store, name) => JSON.parse(store.getItem(mine + name) || "{}");
const isWord = ([slot, value]) => value && slot[0] !== "=";

/* Different forms share a draft: a slot is a field's name and its number among those of that name. */
function slots(form) {
  const seen = {};
  return fields(form).map((field) => {
    const n = (seen[field.name] = (seen[field.name] ?? -1) + 1);
    return [`${isBox(field) || field.matches("select") ? "=" : ""}${field.name} ${isBox(field) ? field.value : n}`, field];
  });
}

function store(where, name, values) {
  if (!Object.entries(values).some(isWord)) return where.removeItem(mine + name);
  try {
    where.setItem(mine + name, JSON.stringify(values));
  } catch {
    return; // no room, or not allowed
  }
  const note = document.querySelector("[data-draft-note]");
  if (note && !note.textContent) note.textContent = note.dataset.draftNote;
}

const values = (form) => Object.fromEntries(slots(form).map(([slot, field]) => [slot, read(field)]));

/* Deletes what was sent; words of other tabs and fields stay. */
function accepted(name) {
  const sent = load(sessionStorage, name);
  store(localStorage, name, Object.fromEntries(Object.entries(load(localStorage, name)).filter(([slot, value]) => sent[slot] !== value)));
  sessionStorage.removeItem(mine + name);
}

function restore(form) {
  if (form.dataset.bound !== undefined) return; // the server returned it with newer words
  const { draft: name } = form.dataset;
  const draft = { ...load(localStorage, name), ...load(sessionStorage, name) };
  for (const [slot, field] of slots(form)) {
    const value = draft[slot];
    if (value === undefined || (field.name === "to" && field.value)) continue;
    if (isBox(field)) field.checked = value;
    else field.value = field.name === "place" && value !== field.value ? "" : value;
  }
  count(form);
}

function count(form) {
  for (const note of form.querySelectorAll("[data-left][data-for]")) {
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
  const { draft: name } = form.dataset;
  if (name) {
    store(localStorage, name, { ...load(localStorage, name), ...values(form) });
    sessionStorage.removeItem(mine + name);
  }
  count(form);
});

document.addEventListener("submit", ({ target: form }) => {
  if (form.dataset.draft) store(sessionStorage, form.dataset.draft, values(form));
  if ("forget" in form.dataset)
    for (const area of [localStorage, sessionStorage])
      for (const key of Object.keys(area)) if (key.startsWith(mine)) area.removeItem(key);
});

document.addEventListener("keydown", (event) => {
  const { form, tagName } = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && tagName === "TEXTAREA") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.go"));
  }
});
