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

/** @param name by which the page finds the button again after it was made anew */
export function button(label: string, about: string, act: () => void, name?: string): HTMLButtonElement {
  const attributes = { type: "button", ...(name === undefined ? {} : { name }) };
  const made = element("button", attributes, label, element("span", { class: "hidden" }, ` ${about}`));
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

/**
 * A labelled day or time. Browsers tell a change after each part that is typed, such as the first digit of a year. So what is typed
 * counts when the person presses Enter or leaves the input, and what is picked with the pointer counts at once.
 *
 * @param signal aborts before the input is removed, which is no leaving
 */
export function dateInput(label: string, attributes: Record<string, string>, signal: AbortSignal, change: (value: string) => void): HTMLLabelElement {
  const made = element("input", attributes);
  let told = made.value;
  let isTyped = false;
  const tell = () => {
    if (made.value !== "" && made.value !== told) {
      told = made.value;
      change(told);
    }
  };
  made.addEventListener("pointerdown", () => (isTyped = false));
  made.addEventListener("keydown", ({ key }) => {
    isTyped = true;
    if (key === "Enter") {
      tell();
    }
  });
  made.addEventListener("change", () => isTyped || tell());
  made.addEventListener("blur", tell, { signal });
  return element("label", {}, label, made);
}

/** Shows a short message, which screen readers read out. */
export function notify(message: string): void {
  document.getElementById("notice")!.textContent = message;
}
