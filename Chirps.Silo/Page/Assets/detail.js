// The selected member: asked for when it is selected, and again when something about it changed.

import { byId, make } from "./dom.js";
import { age, bytes, count, milliseconds, moment, clock, span } from "./format.js";
import { badge } from "./states.js";

const host = byId("detail");
const againMilliseconds = 2000;
let wanted = null;
let mark = "";
let isAsking = false;
let isLate = false;
let answered = null;

/** Shows a member; asks the node again when its row says that there is news. */
export function show(data, id) {
  const row = data.members.find((member) => member.id === id);
  const now = row ? [row.state, row.incarnation, row.generation, row.stateVersion, row.address].join() : "gone";
  if (id === wanted && now === mark) return;
  wanted = id;
  mark = now;
  ask();
}

/** Asks for the numbers of the link, which change all the time. */
export function refresh() {
  if (wanted && !document.hidden) ask();
}

async function ask() {
  if (isAsking) {
    isLate = true;
    return;
  }
  isAsking = true;
  const id = wanted;
  try {
    const response = await fetch(`/api/live/${encodeURIComponent(id)}`, { cache: "no-store" });
    if (id === wanted) render(id, response.ok ? await response.json() : null);
  } catch {
    // The banner says that the node cannot be reached; what is here stays, as of its time.
  } finally {
    isAsking = false;
    if (isLate || id !== wanted) {
      isLate = false;
      setTimeout(ask, id !== wanted ? 0 : againMilliseconds);
    }
  }
}

function render(id, detail) {
  const text = JSON.stringify(detail);
  if (answered === id + text) return;
  const isOther = host.dataset.id !== id;
  answered = id + text;
  host.dataset.id = id;
  const scroll = isOther ? 0 : host.querySelector(".scroll")?.scrollTop ?? 0;
  if (!detail) {
    host.replaceChildren(make("h2", {}, id), make("p", { class: "none" }, "This node does not know it any more."));
    return;
  }
  const { member, evidence, link, keys, keysLeftOff } = detail;
  host.replaceChildren(
    make("h2", {}, badge(member.state), ` ${member.id} `, make("small", {}, `${member.state} since ${moment(member.since)}`)),
    make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Details of ${member.id}` },
      facts(member, evidence, link), lanes(link), accusations(evidence), keyValues(keys, keysLeftOff)));
  host.querySelector(".scroll").scrollTop = scroll;
}

function facts(member, evidence, link) {
  const list = [
    ["Address", member.address],
    ["Generation", member.generation],
    ["Incarnation", member.incarnation],
    evidence && link && ["Phi", evidence.phi.toFixed(1)],
    evidence?.roundTrip && ["Probe round trip", milliseconds(span(evidence.roundTrip))],
    link && ["Connection", link.connected ? `open, dialled by ${link.outgoing ? "this node" : "it"}, ${link.handshake.toLowerCase()} handshake` : "none"],
    link?.connected && ["Round trip", `${milliseconds(span(link.smoothedRtt))}, shortest ${milliseconds(span(link.minRtt))}`],
    link?.connected && ["Packets", `${count(link.packetsSent)} sent, ${count(link.packetsReceived)} received`],
    link?.connected && ["Bytes", `${bytes(link.bytesSent)} sent, ${bytes(link.bytesReceived)} received`],
    link?.connected && ["Datagrams", `${count(link.datagramsLost)} lost, ${count(link.datagramsDropped)} dropped here`],
    link?.connected && ["Certificates", `valid until ${moment(link.validUntil)}`],
  ].filter(Boolean);
  return make("dl", { class: "facts" }, list.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]));
}

function lanes(link) {
  if (!link?.lanes.length) return null;
  return part("Lanes", table(["Lane", "Unsettled", "Waiting", "Delivered", "Repeated"], link.lanes.map((lane) => [laneName(lane.lane), count(lane.unsettled), count(lane.waiting), count(lane.delivered), count(lane.retransmitted)])));
}

const laneName = (lane) => (lane === 0 ? "0 urgent" : lane === 1 ? "1 bulk" : `${lane} data`);

function accusations(evidence) {
  if (!evidence?.accusations.length) return null;
  return part("Accusations", make("ol", { class: "accusations" }, [...evidence.accusations].reverse().map((one) => make("li", {},
    make("time", { datetime: one.at }, clock(one.at)),
    make("span", {}, `by ${one.accuser ?? "an unknown node"}: `, make("b", { class: one.outcome.toLowerCase() }, one.outcome),
      one.endedAt ? ` after ${age(one.at, new Date(one.endedAt))}` : "", one.endedBy ? ` by ${one.endedBy}` : "",
      one.helpers.length ? make("small", {}, `helpers: ${one.helpers.map((helper) => `${helper.id} ${helper.nacked ? "got no answer either" : "was silent"}`).join(", ")}`) : null,
      one.confirmations.length ? make("small", {}, `confirmed by ${one.confirmations.map((by) => by.by).join(", ")}`) : null)))));
}

function keyValues(keys, leftOff) {
  return part("Key-values", keys.length === 0 ? make("p", { class: "none" }, "It shares none.") : make("div", {},
    table(["Key", "Value", "Version"], keys.map((one) => [one.key, one.text === undefined || one.text === null ? make("i", {}, `${bytes(one.bytes)}, not text`) : `${one.text}${one.isCut ? `… (${bytes(one.bytes)})` : ""}`, one.version]), "keys"),
    leftOff > 0 ? make("p", { class: "fine" }, `${leftOff} more at /membership/${host.dataset.id}.`) : null));
}

const part = (title, content) => make("section", {}, make("h3", {}, title), content);

function table(titles, rows, className = "") {
  return make("table", { class: `plain ${className}`.trim() },
    make("thead", {}, make("tr", {}, titles.map((title) => make("th", { scope: "col" }, title)))),
    make("tbody", {}, rows.map((row) => make("tr", {}, row.map((cell, index) => make(index ? "td" : "th", index ? {} : { scope: "row" }, cell instanceof Node ? cell : String(cell)))))));
}
