/* A second press while the first is on its way does nothing. The key in each form is what makes five presses
   one post; this only spares the wait. After ten seconds, or when the page comes back, it can be pressed again. */

const free = (form) => form.removeAttribute("aria-busy");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get") return;
  if (form.ariaBusy === "true") return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  setTimeout(free, 10_000, form);
});

addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(free));
