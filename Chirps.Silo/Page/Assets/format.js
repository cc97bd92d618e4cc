// Numbers and times for reading.

const names = new Intl.Collator("en", { numeric: true });

/** node-2 before node-10. */
export const byName = (one, other) => names.compare(one, other);

/** A round trip: 0.31 ms, 12 ms. */
export function milliseconds(value) {
  if (value === null || value === undefined) return "–";
  return `${value < 1 ? value.toFixed(2) : value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** .NET's duration, 00:00:00.0012345, as milliseconds. */
export function span(text) {
  if (!text) return null;
  const [, days, hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(text) ?? [];
  return seconds === undefined ? null : (((Number(days ?? 0) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** 1,234 or 12.3 k. */
export function count(value) {
  return value < 10_000 ? Math.round(value).toLocaleString("en") : scaled(value, 1000, ["", " k", " M", " G"]);
}

/** Per second; small ones with a digit more. */
export const rate = (value) => (value > 0 && value < 10 ? value.toFixed(1) : count(value));

export const bytes = (value) => scaled(value, 1024, [" B", " KiB", " MiB", " GiB", " TiB"]);

/** 14:03:22 */
export const clock = (instant) => new Date(instant).toLocaleTimeString("en-GB");

/** 21 Nov 14:03:22 */
export const moment = (instant) => `${new Date(instant).toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clock(instant)}`;

/** 42 s, 3 min 12 s, 5 h 2 min, 3 d 4 h */
export function age(from, now) {
  const seconds = Math.max(0, Math.round((now - new Date(from)) / 1000));
  const parts = [[Math.floor(seconds / 86400), "d"], [Math.floor(seconds / 3600) % 24, "h"], [Math.floor(seconds / 60) % 60, "min"], [seconds % 60, "s"]];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([value], index) => index === 0 || value > 0).map(([value, unit]) => `${value} ${unit}`).join(" ");
}

function scaled(value, step, units) {
  let unit = 0;
  while (value >= step && unit < units.length - 1) {
    value /= step;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value < 10 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}
