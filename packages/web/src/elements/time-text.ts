/** Times as people read them: how long ago, with the exact time behind it. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `420 ms`, `3 s`, `12 min`, `5 h`, `3 d`: one number, rounded down. What lies ahead is `0 ms`. */
export function ageText(ms: number): string {
  if (!Number.isFinite(ms)) return "unknown";
  if (ms < SECOND) return `${Math.max(0, Math.floor(ms))} ms`;
  if (ms < 2 * MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < 2 * HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** `2026-11-02 14:03:11.120 (UTC+01:00)`, in the time zone of the computer that shows it. */
export function exactTime(timeMs: number): string {
  const { date, time, ms, zone } = parts(timeMs);
  return `${date} ${time}.${ms} (${zone})`;
}

/** `14:03:11` */
export function clockTime(timeMs: number): string {
  return parts(timeMs).time;
}

/** `14:03:11` today, else `2026-11-02 14:03:11`. */
export function shortTime(timeMs: number, nowMs: number): string {
  const { date, time } = parts(timeMs);
  return date === parts(nowMs).date ? time : `${date} ${time}`;
}

function parts(timeMs: number): { date: string; time: string; ms: string; zone: string } {
  const at = new Date(timeMs);
  if (Number.isNaN(at.getTime())) return { date: "unknown", time: "unknown", ms: "000", zone: "UTC" };
  const two = (value: number): string => String(value).padStart(2, "0");
  const offset = -at.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const hours = two(Math.floor(Math.abs(offset) / 60));
  const zone = offset === 0 ? "UTC" : `UTC${sign}${hours}:${two(Math.abs(offset) % 60)}`;
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
    ms: String(at.getMilliseconds()).padStart(3, "0"),
    zone,
  };
}
