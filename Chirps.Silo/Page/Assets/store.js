// What is known: a snapshot, and every change since. Pure functions from one to the next.

const eventsMax = 200;
const samplesMax = 180;

export const empty = { node: null, members: [], links: new Map(), events: [], samples: [] };

export function fromSnapshot(snapshot) {
  return { ...snapshot, links: new Map(snapshot.links.map((link) => [link.id, link])) };
}

export function withChange(known, change) {
  return {
    node: change.node ?? known.node,
    members: changedMembers(known.members, change),
    links: change.links ? new Map([...known.links, ...change.links.map((link) => [link.id, link])]) : known.links,
    events: change.events ? [...known.events, ...change.events].slice(-eventsMax) : known.events,
    samples: change.samples ? [...known.samples, ...change.samples].slice(-samplesMax) : known.samples,
  };
}

function changedMembers(members, { members: changed, gone, order }) {
  if (!changed && !gone && !order) return members;
  const byId = new Map(members.map((member) => [member.id, member]));
  for (const member of changed ?? []) byId.set(member.id, member);
  for (const id of gone ?? []) byId.delete(id);
  return order ? order.map((id) => byId.get(id)).filter(Boolean) : [...byId.values()];
}
