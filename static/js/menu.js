/* Escape and a press outside close menus. A card's menu is fetched from the link in it, which stays where the answer is no
   form. A link with data-copy copies its address. */

export async function fetchRest(link) {
  const handler = (_, { xhr: { response } }) => {
    const form = /^\s*<form id="(\w+)"/.exec(response);
    if (!form) return;
    link.id = form[1]; // htmx moves the focus to what has the same id
    htmx.swap(link, response, { swapStyle: "outerHTML" });
  };
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
