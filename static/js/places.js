/* The button that posts says where: what the chosen option has for it, else its own word. A plain reshare has no words. */

function say(form) {
  for (const button of form.querySelectorAll("button[data-says]")) {
    const { says, empty } = button.dataset;
    const isEmpty = empty && !form.elements.text.value.trim();
    const chosen = form.elements.place?.selectedOptions[0]?.dataset.button;
    button.textContent = isEmpty ? empty : chosen || says;
  }
}

const sayAll = () => [...document.forms].forEach(say);

sayAll();
for (const change of ["input", "change"]) document.addEventListener(change, ({ target: { form } }) => form && say(form));
addEventListener("pageshow", sayAll); // browsers put back what was chosen
