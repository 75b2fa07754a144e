type Child = Node | string;

/** Makes an element. Texts become text nodes, so that no data can become markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function button(label: string, about: string, act: () => void): HTMLButtonElement {
  const made = element("button", { type: "button" }, label, element("span", { class: "hidden" }, ` ${about}`));
  made.addEventListener("click", act);
  return made;
}

/** A labelled choice. */
export function select(
  label: string,
  name: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  choose: (value: string) => void,
): HTMLLabelElement {
  const made = element("select", { name }, ...options.map(([value, text]) => element("option", { value }, text)));
  made.value = chosen;
  made.addEventListener("change", () => choose(made.value));
  return element("label", {}, label, made);
}

export function input(label: string, attributes: Record<string, string>, change: (value: string) => void): HTMLLabelElement {
  const made = element("input", attributes);
  made.addEventListener("change", () => change(made.value));
  return element("label", {}, label, made);
}

/** Shows a short message, which screen readers read out. */
export function notify(message: string): void {
  document.getElementById("notice")!.textContent = message;
}
