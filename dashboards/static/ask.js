// A question before something is lost (fråga): the consequence in words, and two buttons that say what they do.

/** Ask; returns whether the answer was yes. */
export function ask({ head, words, no, yes }) {
  const dialog = make("dialog", { className: "card ask-first" }, make("h2", { id: "ask-head", textContent: head }), make("p", { textContent: words }));
  const stay = make("button", { className: "button main", value: "no", textContent: no });
  const go = make("button", { className: "button grave", value: "yes", textContent: yes });
  dialog.append(make("form", { method: "dialog", className: "buttons" }, stay, go));
  dialog.setAttribute("aria-labelledby", "ask-head");
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
  });
}

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
