/* Scrolls each row of tabs to the current one. */

for (const row of document.querySelectorAll(".tabs")) {
  const tab = row.querySelector("[aria-current]")?.getBoundingClientRect();
  const { left, width } = row.getBoundingClientRect();
  if (tab) row.scrollBy(tab.left + tab.width / 2 - left - width / 2, 0);
}
