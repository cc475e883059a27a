/* Escape and a press outside close menus. A card's is fetched from its link, which stays unless a form comes. A link with
   data-copy copies its URL. */

export async function fetchRest(link) {
  link.id = link.pathname;
  const handler = (_, { xhr: { response } }) => /^\s*<form/.test(response) && htmx.swap(link, response, { swapStyle: "outerHTML" });
  await window.htmx?.ajax("GET", link.getAttribute("href"), { source: link, handler });
}

function fill({ target }) {
  const link = target.open && target.matches(".menu, .why") && target.querySelector(":scope > a");
  if (link) fetchRest(link);
}

document.addEventListener("toggle", fill, true);

const opened = () => document.querySelectorAll("details:is(.menu, .sheet)[open]");

document.addEventListener("click", async (event) => {
  for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;

  const link = event.target.closest?.("a[data-copy]");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  const words = link.textContent;
  await navigator.clipboard.writeText(link.href);
  link.textContent = link.dataset.copy;
  setTimeout(() => (link.textContent = words), 3000);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of opened()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
