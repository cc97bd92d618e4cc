// Transitions, newest first, with who accused.

import { byId, make } from "./dom.js";
import { clock, moment } from "./format.js";
import { badge } from "./states.js";

const list = byId("timeline");
let newest = 0;
let select = () => {};

export function begin(onSelect) {
  select = onSelect;
}

/** Shows all anew: after a snapshot. */
export function reset() {
  newest = 0;
  list.replaceChildren(make("li", { class: "none" }, "Nothing has changed since this node started."));
}

export function show({ events }) {
  const fresh = events.filter((event) => event.version > newest);
  if (fresh.length === 0) return;
  if (newest === 0) list.replaceChildren();
  newest = fresh.at(-1).version;
  list.prepend(...fresh.map(item).reverse());
  while (list.children.length > 200) list.lastElementChild.remove();
}

function item(event) {
  const li = make("li", { class: event.new.toLowerCase() },
    make("time", { datetime: event.at, title: moment(event.at) }, clock(event.at)),
    badge(event.new),
    make("span", { class: "what" }, make("button", { type: "button", class: "link", onclick: () => select(event.id, true) }, event.id), ` ${sentence(event)}`,
      event.accuser ? make("small", {}, event.new === "Dead" ? `declared by ${event.accuser}` : `accused by ${event.accuser}`) : null));
  li.dataset.version = event.version;
  return li;
}

function sentence(event) {
  if (event.kind === "Joined") return event.old ? `is back (was ${event.old})` : "joined";
  if (event.kind === "Left") return "left";
  if (event.kind === "Updated") return "changed its address";
  if (event.new === "Alive") return `refuted: Alive, incarnation ${event.incarnation}`;
  return `${event.old ?? "unknown"} → ${event.new}`;
}
