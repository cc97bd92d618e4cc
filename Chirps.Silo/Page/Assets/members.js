// The members as a table. Rows stay while a member is known; only cells that changed are touched.

import { arrange, byId, make, roving, set, write } from "./dom.js";
import { age, byName, milliseconds, moment } from "./format.js";
import { roundTrip } from "./graph.js";
import { badge, states } from "./states.js";

const columns = [
  { name: "Node", value: (row) => row.id, compare: byName, className: "id" },
  { name: "State", value: (row) => row.state, compare: (one, other) => states.indexOf(one) - states.indexOf(other) },
  { name: "For", value: (row) => -new Date(row.since), text: (row) => age(row.since, row.now), title: (row) => `since ${moment(row.since)}`, hint: "How long it has had its state" },
  { name: "Incarnation", short: "Inc.", value: (row) => row.incarnation, isNumber: true, hint: "How often it refuted a rumour about itself" },
  { name: "Generation", value: (row) => row.generation, isNumber: true, hint: "Which start of its process" },
  { name: "Round trip", short: "RTT", value: (row) => row.rtt ?? Infinity, text: (row) => (row.isSelf ? "this node" : milliseconds(row.rtt)), isNumber: true, hint: "From this node, smoothed" },
  { name: "Phi", value: (row) => row.phi ?? -1, text: (row) => row.phi ?? "–", isNumber: true, hint: "How late its heartbeat is, in mean intervals; 0 is in time" },
  { name: "Local health", short: "Health", value: (row) => row.health ?? -1, text: (row) => row.health ?? "–", isNumber: true, hint: "Lifeguard's multiplier, 0 is healthy; a node knows only its own" },
  { name: "State version", short: "Keys @ version", value: (row) => row.stateVersion, text: (row) => `${row.keys} @ ${row.stateVersion}`, isNumber: true, hint: "Its key-values, and the version up to which they are known here" },
  { name: "Address", value: (row) => row.address, compare: byName, className: "address" },
];

const rows = new Map();
const shown = new Set(states);
let sorting = { column: 0, descending: false };
let table, body, empty, settle, filterText = "", known = null, select = () => {};

export function begin(onSelect) {
  select = onSelect;
  body = make("tbody", {});
  empty = make("p", { class: "none", hidden: true }, "No member fits the filter.");
  table = make("table", { role: "grid", "aria-labelledby": "members-title" }, make("thead", {}, make("tr", {}, columns.map(header))), body);
  byId("members").append(table, empty);
  settle = roving(body, "tr", { horizontal: false });
  byId("filter").addEventListener("input", (event) => {
    filterText = event.target.value.trim().toLowerCase();
    refresh();
  });
  byId("states").append(...states.map((state) => make("button", { type: "button", class: "chip", "aria-pressed": "true", onclick: (event) => toggle(state, event.currentTarget) }, badge(state), make("span", { class: "chip-text" }, state))));
}

export function show(data, selected, now) {
  known = { data, selected, now };
  refresh();
}

function refresh() {
  if (!known?.data.node) return;
  const { data, selected, now } = known;
  const all = data.members.map((member) => {
    const link = data.links.get(member.id);
    const isSelf = member.id === data.node.id;
    return { ...member, isSelf, now, rtt: isSelf ? null : roundTrip(link), phi: link?.phi ?? null, health: isSelf ? data.node.localHealth : null };
  });
  const column = columns[sorting.column];
  const compare = column.compare ?? ((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const fitting = all.filter(fits).sort((one, other) => (sorting.descending ? -1 : 1) * compare(column.value(one), column.value(other)) || byName(one.id, other.id));
  arrange(body, fitting.map((row) => showRow(row, row.id === selected)));
  for (const id of [...rows.keys()]) if (!all.some((row) => row.id === id)) rows.delete(id);
  settle();
  set(empty, { hidden: fitting.length > 0 });
  write(byId("members-count"), fitting.length === all.length ? all.length : `${fitting.length} of ${all.length}`);
}

const fits = (row) => shown.has(row.state) && (!filterText || [row.id, row.address, row.state].some((text) => text.toLowerCase().includes(filterText)));

function showRow(row, isSelected) {
  let element = rows.get(row.id);
  if (!element) {
    element = make("tr", { tabindex: -1, onclick: () => select(row.id) }, columns.map((column, index) =>
      make(index === 0 ? "th" : "td", { "data-label": column.name, class: [column.isNumber ? "number" : "", column.className ?? ""].join(" ").trim() || null, ...(index === 0 ? { scope: "row" } : { role: "gridcell" }) })));
    element.dataset.id = row.id;
    rows.set(row.id, element);
  }

  set(element, { "aria-selected": isSelected ? "true" : "false", class: `${row.state.toLowerCase()}${row.isSelf ? " self" : ""}` });
  columns.forEach((column, index) => {
    const cell = element.children[index];
    if (column.name === "State") {
      if (cell.dataset.state !== row.state) {
        cell.dataset.state = row.state;
        cell.replaceChildren(badge(row.state), ` ${row.state}`);
      }
    } else {
      write(cell, column.text ? column.text(row) : column.value(row));
      if (column.title) set(cell, { title: column.title(row) });
    }
  });
  return element;
}

function header(column, index) {
  const cell = make("th", { scope: "col", class: column.isNumber ? "number" : null, "aria-sort": index === sorting.column ? "ascending" : "none" },
    make("button", { type: "button", title: column.hint ?? null, "aria-label": column.name, onclick: () => sort(index) }, column.short ?? column.name));
  return cell;
}

function sort(index) {
  sorting = { column: index, descending: sorting.column === index && !sorting.descending };
  [...table.tHead.rows[0].cells].forEach((cell, at) => set(cell, { "aria-sort": at !== index ? "none" : sorting.descending ? "descending" : "ascending" }));
  refresh();
}

function toggle(state, button) {
  if (!shown.delete(state)) shown.add(state);
  set(button, { "aria-pressed": shown.has(state) ? "true" : "false" });
  refresh();
}
