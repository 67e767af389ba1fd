/** Times as a picture writes them, all in UTC. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `12:03:10`. */
export function clockText(timeMs: number): string {
  return iso(timeMs).slice(11, 19);
}

/** At a tick: `12:03`, with seconds or a day where the time that is shown asks for it. */
export function tickText(timeMs: number, rangeMs: number): string {
  if (rangeMs < 5 * 60_000) return clockText(timeMs);
  const isMidnight = timeMs % 86_400_000 === 0;
  return isMidnight || rangeMs > 4 * 86_400_000 ? shortDay(timeMs) : iso(timeMs).slice(11, 16);
}

/** The day or days from one moment to another: `21 Nov 2026`, `20–21 Nov 2026`. */
export function dayText(fromMs: number, toMs: number): string {
  const [from, to] = [iso(fromMs), iso(toMs)];
  const last = `${shortDay(toMs)} ${to.slice(0, 4)}`;
  if (from.slice(0, 10) === to.slice(0, 10)) return last;
  if (from.slice(0, 7) === to.slice(0, 7)) return `${Number(from.slice(8, 10))}–${last}`;
  return `${shortDay(fromMs)} – ${last}`;
}

/** `21 Nov`. */
export function shortDay(timeMs: number): string {
  const text = iso(timeMs);
  return `${Number(text.slice(8, 10))} ${MONTHS[Number(text.slice(5, 7)) - 1] ?? ""}`;
}

/** As long as it is in words: `hour`, `15 minutes`. */
export function spanText(rangeMs: number): string {
  const minutes = Math.round(rangeMs / 60_000);
  if (minutes === 60) return "hour";
  return minutes % 60 === 0 && minutes > 0 ? `${minutes / 60} hours` : `${minutes} minutes`;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
