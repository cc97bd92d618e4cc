// Builds the document. Texts become text nodes and nothing else: whatever a peer calls itself, it cannot become markup.

const svgNamespace = "http://www.w3.org/2000/svg";

/** Makes an element: make("p", { class: "x", onclick: f }, "text", child). */
export function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Makes an SVG element. */
export function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, name), attributes, children);
}

/** Sets attributes; those that are null, undefined or false are removed. Nothing is touched that is the same already. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element[name] = value;
    } else if (value === null || value === undefined || value === false) {
      if (element.hasAttribute(name)) element.removeAttribute(name);
    } else if (element.getAttribute(name) !== String(value === true ? "" : value)) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  return element;
}

/** Sets the text, when it is another one. */
export function write(element, text) {
  const value = String(text);
  if (element.textContent !== value) element.textContent = value;
  return element;
}

/** Makes the children of an element those given, in their order, and moves none that is in its place. */
export function arrange(parent, children) {
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild.remove();
}

export const byId = (id) => document.getElementById(id);

/** Arrow keys, Home and End move the focus within a group of which one element at a time is in the tab order. */
export function roving(container, selector, { horizontal = true } = {}) {
  const items = () => [...container.querySelectorAll(selector)];
  container.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (!item) return;
    for (const other of items()) set(other, { tabindex: other === item ? 0 : -1 });
  });
  container.addEventListener("keydown", (event) => {
    const item = event.target.closest(selector);
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = items();
    const at = all.indexOf(item);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, ...(horizontal ? { ArrowRight: 1, ArrowLeft: -1 } : {}) }[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step === undefined ? null
      : Math.abs(step) > 1 ? Math.max(0, Math.min(all.length - 1, at + step)) : (at + step + all.length) % all.length;
    if (next !== null) {
      event.preventDefault();
      all[next].focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      item.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
  });
  return () => {
    // Somebody must be reachable by Tab.
    const all = items();
    if (all.length > 0 && !all.some((item) => item.getAttribute("tabindex") === "0")) {
      set(all.find((item) => item.getAttribute("aria-selected") === "true") ?? all[0], { tabindex: 0 });
    }
  };
}

function fill(element, attributes, children) {
  set(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
