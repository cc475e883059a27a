/* Menus are <details>: Escape and a press outside close them. A card's menu is fetched when it is opened, from the link in
   it. A link with data-copy copies its address. */

export async function fetchRest(link) {
  await window.htmx?.ajax("GET", link.getAttribute("href"), { source: link, target: link, swap: "outerHTML" });
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
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }
});
