// Where the members stand: this node in the middle, the others around it. Pure functions of numbers.

const steps = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const fewMax = 12;
const namedMax = 160;

/** With few members each link carries its round trip; with many, the distance from the middle is the round trip. */
export function layout(others, width, height) {
  const isFew = others.length <= fewMax;
  const isNarrow = width < 520;
  const centre = { x: width / 2, y: height / 2 };
  if (isFew) {
    const rx = Math.min(width / 2 - (isNarrow ? 62 : 92), height * 0.72);
    const ry = height / 2 - 62;
    const spots = others.length === 2
      ? [{ x: centre.x - rx * 0.86, y: centre.y - ry * 0.62 }, { x: centre.x + rx * 0.86, y: centre.y - ry * 0.62 }]
      : others.map((_, index) => at(centre, angle(index, others.length), rx, ry));
    return { isFew, isNamed: true, centre: others.length === 2 ? { x: centre.x, y: centre.y + ry * 0.62 } : centre, spots, rings: [], size: others.length < 5 ? 29 : 24, selfSize: others.length < 5 ? 36 : 30 };
  }

  const isNamed = others.length <= namedMax && !(isNarrow && others.length > 40);
  const margin = isNamed ? (isNarrow ? 56 : 68) : 18;
  const outer = Math.min(width, height) / 2 - margin;
  const inner = Math.max(26, outer * 0.2);
  const scale = scaleOf(others.map((other) => other.rtt).filter((rtt) => rtt > 0));
  const radius = (rtt) => inner + (outer - inner) * scale.part(rtt);
  const size = Math.max(2.6, Math.min(8, (Math.PI * outer) / others.length * 0.62));
  return {
    isFew,
    isNamed,
    centre,
    outer,
    size,
    selfSize: Math.min(20, inner * 0.62),
    rings: scale.ticks.map((tick) => ({ radius: radius(tick), text: tick < 1000 ? `${tick} ms` : `${tick / 1000} s` })),
    spots: others.map((other, index) => {
      const turn = spoke(index, others.length);
      const spot = at(centre, turn, other.rtt > 0 ? radius(other.rtt) : outer, other.rtt > 0 ? radius(other.rtt) : outer);
      return { ...spot, turn, end: at(centre, turn, outer, outer), name: at(centre, turn, outer + 10, outer + 10) };
    }),
    fontSize: Math.max(7, Math.min(12, ((2 * Math.PI * outer) / others.length) * 0.82)),
  };
}

/** A logarithmic scale over what there is, from one round number to another. */
export function scaleOf(values) {
  const least = values.length ? Math.min(...values) : 0.2;
  const most = values.length ? Math.max(...values) : 2;
  let from = steps.findLastIndex((step) => step <= least);
  let to = steps.findIndex((step) => step >= most);
  from = Math.max(0, from);
  to = to < 0 ? steps.length - 1 : to;
  if (to - from < 2) to = Math.min(steps.length - 1, from + 2);
  if (to - from < 2) from = to - 2;
  const low = Math.log(steps[from]);
  const high = Math.log(steps[to]);
  return {
    part: (value) => Math.max(0.02, Math.min(1, (Math.log(value) - low) / (high - low))),
    ticks: steps.slice(from + 1, to + 1),
  };
}

const angle = (index, count) => (index / count) * 2 * Math.PI - Math.PI / 2;

// Half a step on: the scale stands in the gap at the top.
const spoke = (index, count) => angle(index + 0.5, count);
const at = (centre, turn, rx, ry) => ({ x: centre.x + Math.cos(turn) * rx, y: centre.y + Math.sin(turn) * ry });
