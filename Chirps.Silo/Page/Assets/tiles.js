// The summary: how many members are what, and how the node itself is.

import { arrange, byId, make, set, write } from "./dom.js";
import { count } from "./format.js";
import { badge, states } from "./states.js";

const tiles = new Map();

export function show({ node, members }) {
  const wanted = states.map((state) => tile(state, members.filter((member) => member.state === state).length, "", state === "Suspect" || state === "Dead" ? state.toLowerCase() : "", badge(state)));
  const health = node.localHealth;
  wanted.push(
    tile("This node", node.joined ? "joined" : "not joined", node.joined ? "" : "starting or leaving", node.joined ? "" : "suspect"),
    tile("Local health", health, health === 0 ? "healthy" : "slow: accuses later", health === 0 ? "" : "suspect"),
    tile("Connections", count(node.connections), node.transport),
    tile("In flight", count(node.pendingControl), "Control, unacknowledged"),
    certificate(node.certificateSeconds));
  arrange(byId("tiles"), wanted.filter(Boolean));
}

function certificate(seconds) {
  if (seconds === undefined || seconds === null) return null;
  const days = seconds / 86400;
  return tile("Certificate", days >= 2 ? `${Math.floor(days)} days` : days >= 0 ? `${Math.floor(seconds / 3600)} h` : "expired", days < 7 ? "renew it soon" : "left", days < 2 ? "dead" : days < 7 ? "suspect" : "");
}

function tile(title, value, note, className, picture = null) {
  let one = tiles.get(title);
  if (!one) {
    one = { value: make("b", {}), note: make("small", {}) };
    one.element = make("div", {}, make("span", { class: "title" }, picture, ` ${title}`), one.value, one.note);
    tiles.set(title, one);
  }
  write(one.value, value);
  write(one.note, note);
  set(one.element, { class: `tile ${value !== 0 ? className : ""}`.trim() });
  return one.element;
}
