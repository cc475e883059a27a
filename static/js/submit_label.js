/* The label of the button that posts: that of the chosen place, else its own; another one for a reshare without words. */

function relabel(form) {
  for (const button of form.querySelectorAll("button[data-label]")) {
    const { label, empty } = button.dataset;
    const isEmpty = empty && !form.elements.text.value.trim();
    const chosen = form.elements.place?.selectedOptions[0]?.dataset.button;
    button.textContent = isEmpty ? empty : chosen || label;
  }
}

const relabelAll = () => [...document.forms].forEach(relabel);

relabelAll();
for (const change of ["input", "change"]) document.addEventListener(change, ({ target: { form } }) => form && relabel(form));
addEventListener("pageshow", relabelAll); // browsers restore what was chosen
