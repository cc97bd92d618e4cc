// The four states, each with a shape, a letter and a word; the colour is only one sign more.

import { draw } from "./dom.js";

export const states = ["Alive", "Suspect", "Dead", "Left"];

const marks = { Alive: "", Suspect: "?", Dead: "×", Left: "–" };

/** The shape of a state around the origin. */
export function shape(state, radius) {
  const r = radius;
  const attributes = { class: "shape" };
  switch (state) {
    case "Suspect":
      return draw("path", { ...attributes, d: `M0 ${-r * 1.2}L${r * 1.15} ${r * 0.85}H${-r * 1.15}Z` });
    case "Dead":
      return draw("rect", { ...attributes, x: -r * 0.9, y: -r * 0.9, width: r * 1.8, height: r * 1.8, rx: r * 0.15 });
    case "Left":
      return draw("circle", { ...attributes, r: r * 0.92, "stroke-dasharray": `${r * 0.5} ${r * 0.35}` });
    default:
      return draw("circle", { ...attributes, r });
  }
}

/** Shape and mark together. */
export function glyph(state, radius, text = marks[state]) {
  const parts = [shape(state, radius)];
  if (text && radius >= 5) {
    parts.push(draw("text", { class: "mark", y: state === "Suspect" ? radius * 0.22 : 0, "font-size": radius * (text.length > 2 ? 0.7 : 1.15) }, text));
  }
  return parts;
}

/** A small picture of the state, for lines of text. */
export const badge = (state) => draw("svg", { class: `badge ${state.toLowerCase()}`, viewBox: "-10 -10 20 20", width: 16, height: 16, "aria-hidden": "true" }, ...glyph(state, 7.5));
