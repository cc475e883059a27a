/* Tabs are one row, which scrolls sideways where there are many: the one that is open is in view. */

for (const row of document.querySelectorAll(".tabs")) {
  const tab = row.querySelector("[aria-current]")?.getBoundingClientRect();
  const { left, width } = row.getBoundingClientRect();
  if (tab) row.scrollBy(tab.left + tab.width / 2 - left - width / 2, 0);
}
