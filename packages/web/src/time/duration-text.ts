/** Lengths of time as people write them in dashboards: `15s`, `1h30m`, `500ms`. */

export type Milliseconds = number;

const UNITS: Readonly<Record<string, Milliseconds>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

const PART = /(\d+(?:\.\d+)?)(ms|[smhdwMy])/gy;

/** @returns `undefined` if it is none; a bare number counts seconds; a leading `>` or `>=`, as Grafana's least steps have it, is passed over */
export function readDuration(text: string): Milliseconds | undefined {
  const trimmed = text.trim().replace(/^>=?\s*/, "");
  if (trimmed === "" || trimmed.length > 50) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return bounded(Number(trimmed) * 1000);
  let total = 0;
  let end = 0;
  for (const match of trimmed.matchAll(PART)) {
    total += Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0);
    end = match.index + match[0].length;
  }
  return end === trimmed.length ? bounded(total) : undefined;
}

function bounded(ms: number): Milliseconds | undefined {
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 3_153_600_000_000) : undefined;
}

/** `90000` → `1m30s`, exact: Prometheus reads it. */
export function promDuration(ms: Milliseconds): string {
  let left = Math.max(1, Math.round(ms));
  let text = "";
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
    ["ms", 1],
  ] as const) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}

/** The largest whole unit below it, as Grafana writes `$__interval`: `90000` → `1m`. */
export function roundDuration(ms: Milliseconds): string {
  for (const [unit, size] of [
    ["y", 31_536_000_000],
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const) {
    const count = Math.floor(ms / size);
    if (count > 0) return `${count}${unit}`;
  }
  return `${Math.max(1, Math.floor(ms))}ms`;
}
