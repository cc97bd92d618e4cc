// Messages a second by profile, as small charts, and the subscribers' queues.

import { arrange, byId, draw, make, set, write } from "./dom.js";
import { bytes, clock, count, rate } from "./format.js";

const width = 300;
const height = 64;
const charts = new Map();
const totals = make("p", { class: "fine" });

/** Differences of neighbouring samples, per second. Pure. */
export function ratesOf(samples, profile) {
  const points = [];
  for (let index = 1; index < samples.length; index++) {
    const [before, now] = [samples[index - 1], samples[index]];
    const seconds = (new Date(now.at) - new Date(before.at)) / 1000;
    const [old, fresh] = [before, now].map((sample) => sample.traffic.find((one) => one.profile === profile));
    if (seconds > 0 && old && fresh) {
      const per = (name) => Math.max(0, fresh[name] - old[name]) / seconds;
      points.push({ at: now.at, sent: per("sent"), received: per("received"), bytesSent: per("bytesSent"), bytesReceived: per("bytesReceived") });
    }
  }
  return points;
}

export function show({ samples, node }) {
  const last = samples.at(-1);
  if (!last) return;
  for (const { profile } of last.traffic) showChart(profile, ratesOf(samples, profile), last.traffic.find((one) => one.profile === profile));
  arrange(byId("rates"), [...[...charts.values()].map((chart) => chart.figure), totals]);
  write(totals, `Since the start: ${count(last.drops)} lost on this node, ${count(last.retransmits)} sent again on another connection.`);
  showQueues(node.queues);
}

function showChart(profile, points, total) {
  const chart = charts.get(profile) ?? addChart(profile);
  const now = points.at(-1) ?? { sent: 0, received: 0, bytesSent: 0, bytesReceived: 0 };
  const most = Math.max(1, ...points.map((point) => Math.max(point.sent, point.received)));
  write(chart.sent, `↑ ${rate(now.sent)}/s`);
  write(chart.received, `↓ ${rate(now.received)}/s`);
  write(chart.fine, `${bytes(now.bytesSent + now.bytesReceived)}/s, ${count(total.sent)} sent and ${count(total.received)} received in all`);
  write(chart.most, `${rate(most)}/s`);
  const sent = path(points, "sent", most);
  set(chart.area, { d: sent ? `${sent}L${width} ${height}L${x(0, points.length)} ${height}Z` : "" });
  set(chart.up, { d: sent });
  set(chart.down, { d: path(points, "received", most) });
  set(chart.svg, { "aria-label": `${profile}: ${rate(now.sent)} sent and ${rate(now.received)} received a second${points.length ? ` at ${clock(now.at)}` : ""}; most was ${rate(most)}` });
}

function addChart(profile) {
  const chart = {
    area: draw("path", { class: "area" }), up: draw("path", { class: "up" }), down: draw("path", { class: "down" }),
    most: make("span", { class: "most" }), sent: make("b", { class: "sent" }), received: make("b", { class: "received" }), fine: make("p", { class: "fine" }),
  };
  chart.svg = draw("svg", { viewBox: `0 -2 ${width} ${height + 4}`, preserveAspectRatio: "none", role: "img" }, draw("path", { class: "base", d: `M0 ${height}H${width}` }), chart.area, chart.down, chart.up);
  chart.figure = make("figure", {}, make("figcaption", {}, make("strong", {}, profile), chart.sent, chart.received), make("div", { class: "plot" }, chart.svg, chart.most), chart.fine);
  charts.set(profile, chart);
  return chart;
}

const slots = 179;
const x = (index, length) => ((slots - (length - 1 - index)) / slots) * width;
const path = (points, name, most) => points.map((point, index) => `${index ? "L" : "M"}${x(index, points.length).toFixed(1)} ${(height - (point[name] / most) * height).toFixed(1)}`).join("");

function showQueues(queues) {
  const host = byId("queues");
  const text = JSON.stringify(queues);
  if (host.dataset.text === text) return;
  host.dataset.text = text;
  host.replaceChildren(queues.length === 0 ? make("p", { class: "fine" }, "No subscriber on this node.") : make("table", { class: "plain" },
    make("thead", {}, make("tr", {}, ["Subscribers' topic", "Waiting", "Received", "Lost"].map((title, index) => make("th", { scope: "col", class: index ? "number" : null }, title)))),
    make("tbody", {}, queues.map((queue) => make("tr", {},
      make("th", { scope: "row" }, queue.topic),
      make("td", { class: "number" }, `${count(queue.queued)} of ${count(queue.capacity)}`),
      make("td", { class: "number" }, count(queue.received)),
      make("td", { class: `number${queue.dropped ? " bad" : ""}` }, count(queue.dropped)))))));
}
