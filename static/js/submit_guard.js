/* Ignores a second press for ten seconds. What prevents a second post is the key in the form. */

const release = (form) => form.removeAttribute("aria-busy");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get") return;
  if (form.ariaBusy === "true") return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  setTimeout(release, 10_000, form);
});

addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));
