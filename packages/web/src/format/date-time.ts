/** Points in time as text: fixed formats, formats of Grafana's tokens (`YYYY-MM-DD`), and how long ago. */

/** `browser`, `utc`, or a name such as `Europe/Berlin`. */
export type TimeZone = string;

interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes east of UTC. */
  readonly offset: number;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** What ECMAScript can say of a time. */
const MAX_TIME = 8.64e15;

const TOKEN =
  /\[([^\]]{0,100})\]|YYYY|YY|MMMM|MMM|MM|Mo|M|DDDD|DDD|DD|Do|D|dddd|ddd|dd|d|HH|H|hh|h|kk|k|mm|m|ss|s|SSS|SS|S|A|a|ZZ|Z|X|x|Q|LTS|LT|LLLL|LLL|LL|L/g;

/** Each zone's formatter is made once: making one takes longer than using it a hundred times. */
const formatters = new Map<string, Intl.DateTimeFormat | undefined>();
const MAX_FORMATTERS = 50;

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formatters.has(zone)) return formatters.get(zone);
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  let made: Intl.DateTimeFormat | undefined;
  try {
    made = new Intl.DateTimeFormat("en-US-u-hc-h23", {
      timeZone: zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    made = undefined;
  }
  formatters.set(zone, made);
  return made;
}

/** @param ms since 1970 @returns `undefined` if it is no time */
export function dateParts(ms: number, zone: TimeZone): DateParts | undefined {
  if (!(Math.abs(ms) <= MAX_TIME)) return undefined;
  if (zone === "utc" || zone === "UTC" || zone === "Etc/UTC") return shiftedParts(ms, 0);
  const formatter = zone === "" || zone === "browser" ? undefined : formatterOf(zone);
  if (formatter === undefined) return shiftedParts(ms, -new Date(ms).getTimezoneOffset());
  const found: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(ms)) found[type] = Number(value);
  const shown = Date.UTC(
    found["year"] ?? 0,
    (found["month"] ?? 1) - 1,
    found["day"] ?? 1,
    found["hour"] ?? 0,
    found["minute"] ?? 0,
    found["second"] ?? 0,
  );
  return shiftedParts(ms, Math.round((shown - Math.floor(ms / 1000) * 1000) / 60_000));
}

function shiftedParts(ms: number, offset: number): DateParts {
  const date = new Date(ms + offset * 60_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
    weekday: date.getUTCDay(),
    offset,
  };
}

/**
 * @param format Moment's tokens, which Grafana takes: `YYYY-MM-DD HH:mm:ss`; text in `[…]` stays. Empty: ISO 8601
 * @returns `Invalid date` for what is no time
 */
export function formatTime(ms: number, format: string, zone: TimeZone): string {
  const parts = dateParts(ms, zone);
  if (parts === undefined) return "Invalid date";
  if (format === "") {
    const offset = parts.offset === 0 && (zone === "utc" || zone === "UTC") ? "[Z]" : "Z";
    return formatTime(ms, `YYYY-MM-DDTHH:mm:ss${offset}`, zone);
  }
  return format.replace(TOKEN, (token, literal: string | undefined) => literal ?? tokenText(token, parts, ms));
}

function tokenText(token: string, parts: DateParts, ms: number): string {
  const { year, month, day, hour, minute, second, millisecond, weekday, offset } = parts;
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (token) {
    case "YYYY":
      return String(year).padStart(4, "0");
    case "YY":
      return padded(year % 100);
    case "MMMM":
      return MONTHS[month - 1] ?? "";
    case "MMM":
      return (MONTHS[month - 1] ?? "").slice(0, 3);
    case "MM":
      return padded(month);
    case "Mo":
      return ordinal(month);
    case "M":
      return String(month);
    case "DDDD":
      return String(dayOfYear(parts)).padStart(3, "0");
    case "DDD":
      return String(dayOfYear(parts));
    case "DD":
      return padded(day);
    case "Do":
      return ordinal(day);
    case "D":
      return String(day);
    case "dddd":
      return WEEKDAYS[weekday] ?? "";
    case "ddd":
      return (WEEKDAYS[weekday] ?? "").slice(0, 3);
    case "dd":
      return (WEEKDAYS[weekday] ?? "").slice(0, 2);
    case "d":
      return String(weekday);
    case "HH":
      return padded(hour);
    case "H":
      return String(hour);
    case "hh":
      return padded(hour12);
    case "h":
      return String(hour12);
    case "kk":
      return padded(hour === 0 ? 24 : hour);
    case "k":
      return String(hour === 0 ? 24 : hour);
    case "mm":
      return padded(minute);
    case "m":
      return String(minute);
    case "ss":
      return padded(second);
    case "s":
      return String(second);
    case "SSS":
      return String(millisecond).padStart(3, "0");
    case "SS":
      return padded(Math.floor(millisecond / 10));
    case "S":
      return String(Math.floor(millisecond / 100));
    case "A":
      return hour < 12 ? "AM" : "PM";
    case "a":
      return hour < 12 ? "am" : "pm";
    case "ZZ":
      return offsetText(offset, "");
    case "Z":
      return offsetText(offset, ":");
    case "X":
      return String(Math.floor(ms / 1000));
    case "x":
      return String(ms);
    case "Q":
      return String(Math.floor((month - 1) / 3) + 1);
    case "LT":
      return `${hour12}:${padded(minute)} ${hour < 12 ? "AM" : "PM"}`;
    case "LTS":
      return `${hour12}:${padded(minute)}:${padded(second)} ${hour < 12 ? "AM" : "PM"}`;
    case "L":
      return `${padded(month)}/${padded(day)}/${year}`;
    case "LL":
      return `${MONTHS[month - 1] ?? ""} ${day}, ${year}`;
    case "LLL":
      return `${MONTHS[month - 1] ?? ""} ${day}, ${year} ${tokenText("LT", parts, ms)}`;
    case "LLLL":
      return `${WEEKDAYS[weekday] ?? ""}, ${tokenText("LLL", parts, ms)}`;
    default:
      return token;
  }
}

/** `2026-11-21 15:04:05`, with `.123` where milliseconds matter. */
export function systemTime(ms: number, zone: TimeZone, { withMilliseconds = false } = {}): string {
  return formatTime(ms, withMilliseconds ? "YYYY-MM-DD HH:mm:ss.SSS" : "YYYY-MM-DD HH:mm:ss", zone);
}

export function isSameDay(ms: number, other: number, zone: TimeZone): boolean {
  return formatTime(ms, "YYYY-MM-DD", zone) === formatTime(other, "YYYY-MM-DD", zone);
}

/** `3 hours ago`, `in 2 days`: Moment's words and limits. */
export function fromNow(ms: number, now: number): string {
  const seconds = Math.round(Math.abs(now - ms) / 1000);
  const text = humanSpan(seconds);
  return ms > now ? `in ${text}` : `${text} ago`;
}

function humanSpan(seconds: number): string {
  if (seconds < 45) return "a few seconds";
  const minutes = Math.round(seconds / 60);
  if (minutes <= 1) return "a minute";
  if (minutes < 45) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours <= 1) return "an hour";
  if (hours < 22) return `${hours} hours`;
  const days = Math.round(seconds / 86_400);
  if (days <= 1) return "a day";
  if (days < 26) return `${days} days`;
  const months = Math.round(days / 30.436_875);
  if (months <= 1) return "a month";
  if (months < 11) return `${months} months`;
  const years = Math.round(days / 365.2425);
  return years <= 1 ? "a year" : `${years} years`;
}

function padded(value: number): string {
  return String(value).padStart(2, "0");
}

function ordinal(value: number): string {
  const last = value % 10;
  const isTeen = Math.floor((value % 100) / 10) === 1;
  const ending = isTeen ? "th" : last === 1 ? "st" : last === 2 ? "nd" : last === 3 ? "rd" : "th";
  return `${value}${ending}`;
}

function offsetText(offset: number, between: string): string {
  const size = Math.abs(offset);
  return `${offset < 0 ? "-" : "+"}${padded(Math.floor(size / 60))}${between}${padded(size % 60)}`;
}

function dayOfYear({ year, month, day }: DateParts): number {
  return Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
}
