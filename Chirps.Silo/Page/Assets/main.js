// Puts the page together: data in, pictures out.

import { byId, set, write } from "./dom.js";
import { clock } from "./format.js";
import { follow } from "./live.js";
import { empty, fromSnapshot, withChange } from "./store.js";
import * as detail from "./detail.js";
import * as durable from "./durable.js";
import * as graph from "./graph.js";
import * as members from "./members.js";
import * as rates from "./rates.js";
import * as tiles from "./tiles.js";
import * as timeline from "./timeline.js";

const detailMilliseconds = 5000;
let data = empty;
let selected = decodeURIComponent(location.hash.replace(/^#node=/, ""));
let isScheduled = false;

// By the node's clock: it is the one that stamped the data.
const now = () => new Date(data.samples.at(-1)?.at ?? Date.now());

function select(id, isFromList = false) {
  selected = id;
  history.replaceState(null, "", `#node=${encodeURIComponent(id)}`);
  render();
  if (isFromList) byId("detail").focus({ preventScroll: innerWidth > 1000 });
}

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    render();
  });
}

function render() {
  if (!data.node) return;
  if (!selected) selected = data.node.id;
  const bad = data.members.filter((member) => member.state === "Suspect" || member.state === "Dead").length;
  document.title = `${bad ? `(${bad}) ` : ""}${data.node.id} · Chirps`;
  write(byId("title-node"), data.node.id);
  write(byId("title-cluster"), `cluster ${data.node.cluster} · Chirps ${data.node.software}`);
  set(byId("dashboard"), { hidden: !data.node.dashboard });
  set(byId("sign-out"), { hidden: !data.node.tokenNeeded });
  tiles.show(data);
  graph.show(data, selected, now());
  members.show(data, selected, now());
  timeline.show(data);
  rates.show(data);
  detail.show(data, selected);
}

function showStream(state, at) {
  const stream = byId("stream");
  set(stream, { "data-state": state });
  write(stream, state === "live" ? "live" : state === "lost" ? "connection lost" : "connecting");
  set(byId("lost"), { hidden: state !== "lost" });
  if (state === "lost") write(byId("lost"), `Connection lost, data from ${clock(at)}. Trying again.`);
  set(byId("main"), { class: state === "lost" ? "stale" : null });
}

graph.begin(select);
members.begin(select);
timeline.begin(select);
timeline.reset();
durable.begin();
setInterval(detail.refresh, detailMilliseconds);
addEventListener("hashchange", () => select(decodeURIComponent(location.hash.replace(/^#node=/, ""))));
follow({
  onSnapshot: (snapshot) => {
    data = fromSnapshot(snapshot);
    timeline.reset();
    schedule();
  },
  onChange: (change) => {
    data = withChange(data, change);
    schedule();
  },
  onStream: showStream,
});
