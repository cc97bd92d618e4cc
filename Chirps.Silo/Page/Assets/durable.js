// Durable channels and how far their readers are behind; asked for, since another server holds them.

import { byId, make, write } from "./dom.js";
import { bytes, count } from "./format.js";

const host = byId("durable");
const everyMilliseconds = 5000;
const channelsMax = 50;
let shown = "";

export function begin() {
  const round = async () => {
    if (!document.hidden) await refresh();
    setTimeout(round, everyMilliseconds);
  };
  round();
}

async function refresh() {
  let response;
  try {
    response = await fetch("/api/channels", { cache: "no-store" });
  } catch {
    return; // The banner says that the node cannot be reached.
  }
  if (response.status === 503 || response.status === 404) return nothing("no durable server", "No durable server is known to this node: Durable messages wait in its outbox or are refused.");
  if (!response.ok) return nothing(`the server's answer: ${response.status}`, await problem(response));
  const answer = await response.json();
  const channels = answer.channels.slice(0, channelsMax);
  const lags = await Promise.all(channels.map((channel) => lagOf(channel.name)));
  render(answer, channels, lags);
}

async function lagOf(channel) {
  try {
    const response = await fetch(`/api/lag?channel=${encodeURIComponent(channel)}`, { cache: "no-store" });
    return response.ok ? (await response.json()).consumers : null;
  } catch {
    return null;
  }
}

async function problem(response) {
  try {
    return (await response.json()).error;
  } catch {
    return "It cannot be read.";
  }
}

function nothing(note, text) {
  shown = "";
  write(byId("durable-note"), note);
  host.replaceChildren(make("p", { class: "none" }, text));
}

function render({ server, outbox, channels: all }, channels, lags) {
  const text = JSON.stringify([server, outbox, channels, lags]);
  if (text === shown) return;
  shown = text;
  write(byId("durable-note"), `${server.connected ? "on" : "not connected to"} ${server.url}${server.host ? `, hosted by ${server.host}` : ""}`);
  host.replaceChildren(
    outbox ? make("p", { class: outbox.messages ? "fine bad" : "fine" }, `Outbox: ${count(outbox.messages)} of ${count(outbox.messagesMax)} messages, ${bytes(outbox.bytes)} of ${bytes(outbox.bytesMax)}`) : "",
    channels.length === 0 ? make("p", { class: "none" }, "No channel yet.") : make("table", { class: "plain" },
      make("thead", {}, make("tr", {}, ["Channel", "Messages", "Size", "Readers behind"].map((title, index) => make("th", { scope: "col", class: index === 1 || index === 2 ? "number" : null }, title)))),
      make("tbody", {}, channels.map((channel, index) => make("tr", {},
        make("th", { scope: "row" }, channel.name),
        make("td", { class: "number" }, count(channel.messages)),
        make("td", { class: "number" }, bytes(channel.sizeBytes)),
        make("td", {}, behind(lags[index])))))),
    all.length > channels.length ? make("p", { class: "fine" }, `${all.length - channels.length} more at /api/channels.`) : "");
}

function behind(consumers) {
  if (!consumers) return "not known";
  if (consumers.length === 0) return make("span", { class: "none" }, "nobody has read it yet");
  return make("ul", { class: "lags" }, consumers.map((one) => make("li", { class: one.lag > 0 ? "behind" : null }, make("b", {}, count(one.lag)), ` ${one.consumer}${one.group ? " (group)" : ""}`)));
}
