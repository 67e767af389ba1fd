/** When a route is muted, or active. Source: Alertmanager, timeinterval/timeinterval.go. */

/** Both ends belong to it. */
export interface InclusiveRange {
  readonly begin: number;
  readonly end: number;
}

/** Of each part that is given, one range has to contain the time; an empty list contains none. */
export interface TimeInterval {
  /** Minutes of the day, the end not included: `{ begin: 540, end: 1020 }` is from 9:00 until before 17:00. */
  readonly times?: readonly InclusiveRange[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays?: readonly InclusiveRange[] | undefined;
  /** -1 is the month's last. */
  readonly daysOfMonth?: readonly InclusiveRange[] | undefined;
  /** 1 is January. */
  readonly months?: readonly InclusiveRange[] | undefined;
  readonly years?: readonly InclusiveRange[] | undefined;
  /** Of the IANA database, `Europe/Berlin`, or `Local`, this machine's; UTC if none is given. */
  readonly location?: string | undefined;
}

/** A moment on the wall clock and calendar of a time zone. */
interface LocalTime {
  readonly minute: number;
  readonly weekday: number;
  readonly day: number;
  readonly daysInMonth: number;
  readonly month: number;
  readonly year: number;
}

/** @param timeMs Unix milliseconds */
export function containsTime(interval: TimeInterval, timeMs: number): boolean {
  const local = localTime(timeMs, interval.location);
  const { times, daysOfMonth, months, weekdays, years } = interval;
  if (times !== undefined && !times.some(({ begin, end }) => local.minute >= begin && local.minute < end)) return false;
  if (daysOfMonth !== undefined && !daysOfMonth.some((range) => containsDay(range, local))) return false;
  return isIn(months, local.month) && isIn(weekdays, local.weekday) && isIn(years, local.year);
}

function isIn(ranges: readonly InclusiveRange[] | undefined, value: number): boolean {
  return ranges === undefined || ranges.some(({ begin, end }) => value >= begin && value <= end);
}

function containsDay({ begin, end }: InclusiveRange, { day, daysInMonth }: LocalTime): boolean {
  const first = begin < 0 ? daysInMonth + begin + 1 : begin;
  const last = end < 0 ? daysInMonth + end + 1 : end;
  return first <= daysInMonth && day >= first && day <= last;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function localTime(timeMs: number, location: string | undefined): LocalTime {
  const parts = new Map(
    formatOf(location)
      .formatToParts(timeMs)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const [year, month] = [part("year"), part("month")];
  return {
    minute: part("hour") * 60 + part("minute"),
    weekday: WEEKDAYS.indexOf(parts.get("weekday") ?? ""),
    day: part("day"),
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    month,
    year,
  };
}

/** Making one takes longer than using it; a configuration names few. */
const FORMATS = new Map<string | undefined, Intl.DateTimeFormat>();

/** @throws {RangeError} if there is no such time zone */
function formatOf(location: string | undefined): Intl.DateTimeFormat {
  const known = FORMATS.get(location);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: location === "Local" ? undefined : (location ?? "UTC"),
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    weekday: "short",
    hour: "numeric",
    minute: "numeric",
  });
  FORMATS.set(location, format);
  return format;
}

/** Whether the time zone database has it. An offset like `+01:00` is no location. */
export function isLocation(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}
