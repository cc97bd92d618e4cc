// The mesh as a picture. Every member is one element that stays while it is known, so that focus and movement survive changes.

import { arrange, byId, draw, make, roving, set, write } from "./dom.js";
import { age, byName, milliseconds } from "./format.js";
import { layout } from "./layout.js";
import { badge, glyph, states } from "./states.js";

const host = byId("graph");
const tip = byId("tip");
const rings = draw("g", { class: "rings", "aria-hidden": "true" });
const lines = draw("g", { class: "lines", "aria-hidden": "true" });
const nodes = draw("g", { role: "listbox", "aria-label": "Members. Arrow keys move, Enter selects." });
const svg = draw("svg", { class: "picture" }, rings, lines, nodes);
const elements = new Map();
let known = null;
let select = () => {};
let settle = () => {};

export function begin(onSelect) {
  select = onSelect;
  host.append(svg);
  settle = roving(nodes, ".node");
  new ResizeObserver(() => known && show(known.data, known.selected, known.now)).observe(host);
  for (const name of ["pointerover", "focusin"]) nodes.addEventListener(name, (event) => showTip(event.target.closest(".node")));
  for (const name of ["pointerout", "focusout"]) nodes.addEventListener(name, () => set(tip, { hidden: true }));
  nodes.addEventListener("keydown", (event) => event.key === "Escape" && set(tip, { hidden: true }));
  byId("legend").append(...states.map((state) => make("span", {}, badge(state), ` ${state}`)), make("span", { id: "legend-note", class: "grow" }));
}

export function show(data, selected, now) {
  known = { data, selected, now };
  const box = host.getBoundingClientRect();
  if (!data.node || box.width === 0) return;
  const self = data.members.find((member) => member.id === data.node.id);
  const others = data.members.filter((member) => member !== self).sort((one, other) => byName(one.id, other.id))
    .map((member) => ({ member, link: data.links.get(member.id), rtt: roundTrip(data.links.get(member.id)) }));
  const plan = layout(others, box.width, box.height);
  set(svg, { viewBox: `0 0 ${box.width} ${box.height}`, width: box.width, height: box.height });
  showRings(plan);

  const order = [];
  if (self) order.push(place(self, null, plan.centre, plan, true));
  others.forEach((other, index) => order.push(place(other.member, other, plan.spots[index], plan, false)));
  arrange(nodes, order.map((one) => one.group));
  arrange(lines, order.filter((one) => one.line).map((one) => one.line));
  for (const id of [...elements.keys()]) if (!data.members.some((member) => member.id === id)) elements.delete(id);
  settle();

  const connected = others.filter((other) => other.link?.connected).length;
  write(byId("mesh-note"), others.length === 0 ? "no other member yet" : `${connected} of ${others.length} connected`);
  write(byId("legend-note"), plan.isFew
    ? "Lines are this node's own connections with their round trips; it knows no others'."
    : "Distance from the middle is the round trip from this node; on the rim: not measured.");
}

/** What stands for the round trip to a member: the connection's, or that of the probes. */
export const roundTrip = (link) => link?.rttMilliseconds ?? link?.probeMilliseconds ?? null;

function showRings(plan) {
  const wanted = plan.rings.map((ring) => `${ring.radius.toFixed(1)} ${ring.text}`).join() + plan.centre.x + plan.centre.y;
  if (rings.dataset.wanted === wanted) return;
  rings.dataset.wanted = wanted;
  rings.replaceChildren(...plan.rings.flatMap((ring, index) => [
    draw("circle", { cx: plan.centre.x, cy: plan.centre.y, r: ring.radius, class: index === plan.rings.length - 1 ? "rim" : null }),
    draw("text", { x: plan.centre.x, y: plan.centre.y - ring.radius + 3.5 }, ring.text),
  ]));
}

function place(member, other, spot, plan, isSelf) {
  const one = elements.get(member.id) ?? addElement(member.id);
  const size = isSelf ? plan.selfSize : plan.size;
  const looks = [member.state, size.toFixed(1), plan.isFew, plan.isNamed, isSelf].join();
  if (one.looks !== looks) {
    one.looks = looks;
    one.name = draw("text", { class: "name" });
    one.group.replaceChildren(
      draw("circle", { class: "halo", r: size + 5 }),
      draw("circle", { class: "hit", r: Math.max(size + 3, plan.isFew ? 30 : 9) }),
      ...glyph(member.state, size, member.state === "Alive" && plan.isFew && !isSelf ? "✓" : isSelf && member.state === "Alive" ? "●" : undefined),
      one.name);
  }

  set(one.group, {
    class: `node ${member.state.toLowerCase()}${isSelf ? " self" : ""}`,
    "aria-selected": member.id === known.selected ? "true" : "false",
    "aria-label": `${member.id}, ${member.state}${isSelf ? ", this node" : other.rtt === null ? "" : `, round trip ${milliseconds(other.rtt)}`}`,
  });
  one.group.style.transform = `translate(${spot.x}px,${spot.y}px)`;
  name(one.name, member, spot, size, plan, isSelf);
  if (!isSelf) line(one, member, other, spot, plan);
  return one;
}

function name(text, member, spot, size, plan, isSelf) {
  if (!plan.isNamed || (isSelf && !plan.isFew)) return write(text, "");
  write(text, shortened(member.id, plan.isFew ? 22 : 14));
  if (plan.isFew) return set(text, { y: size + 17, "text-anchor": "middle", "font-size": 13 });
  const degrees = (spot.turn * 180) / Math.PI;
  const isLeft = Math.cos(spot.turn) < -0.001;
  return set(text, {
    transform: `translate(${spot.name.x - spot.x} ${spot.name.y - spot.y}) rotate(${isLeft ? degrees + 180 : degrees})`,
    "text-anchor": isLeft ? "end" : "start",
    dy: "0.35em",
    "font-size": plan.fontSize,
  });
}

function line(one, member, other, spot, plan) {
  const from = plan.centre;
  const isOpen = Boolean(other.link?.connected);
  set(one.line, { class: `line ${member.state.toLowerCase()}${isOpen ? " open" : ""}${member.id === known.selected ? " selected" : ""}` });
  set(one.stroke, { x1: from.x, y1: from.y, x2: spot.x, y2: spot.y });
  const label = plan.isFew && (isOpen || other.rtt !== null) ? milliseconds(other.rtt) : plan.isFew ? "not connected" : "";
  write(one.label, label);
  set(one.label, { x: (from.x + spot.x) / 2, y: (from.y + spot.y) / 2 });
  const width = label.length * 6.6 + 14;
  set(one.plate, { x: (from.x + spot.x) / 2 - width / 2, y: (from.y + spot.y) / 2 - 10, width, height: 20, visibility: label ? "visible" : "hidden" });
}

function addElement(id) {
  const one = {
    group: draw("g", { role: "option", tabindex: -1, onclick: () => select(id) }),
    stroke: draw("line"),
    plate: draw("rect", { rx: 10 }),
    label: draw("text"),
    looks: "",
  };
  one.group.dataset.id = id;
  one.line = draw("g", {}, one.stroke, one.plate, one.label);
  elements.set(id, one);
  return one;
}

function showTip(group) {
  const member = group && known?.data.members.find((candidate) => candidate.id === group.dataset.id);
  if (!member) return;
  const link = known.data.links.get(member.id);
  tip.replaceChildren(
    make("strong", {}, badge(member.state), ` ${member.id}`),
    make("span", {}, `${member.state} for ${age(member.since, known.now)}, incarnation ${member.incarnation}`),
    make("span", {}, member.address),
    ...(link ? [make("span", {}, `round trip ${milliseconds(roundTrip(link))}, phi ${link.phi ?? "–"}, ${link.connected ? "connected" : "not connected"}`)] : [make("span", {}, "this node")]));
  set(tip, { hidden: null });
  const spot = group.querySelector(".shape").getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(innerWidth - size.width - 8, spot.x + spot.width / 2 - size.width / 2))}px`;
  tip.style.top = `${spot.bottom + size.height + 14 < innerHeight ? spot.bottom + 10 : spot.top - size.height - 10}px`;
}

const shortened = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
