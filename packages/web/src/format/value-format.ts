/** A number in one of Grafana's units, as text: what it would show, for every identifier of its unit picker and for custom units. */
import { formatTime, fromNow, isSameDay, systemTime, type TimeZone } from "./date-time.ts";
import {
  clock,
  DURATION_LADDERS,
  daysHoursMinutesSeconds,
  hoursMinutesSeconds,
  inWords,
  nearestUnit,
} from "./duration.ts";
import { type Decimals, fixed } from "./fixed.ts";
import { binaryPrefixed, counted, currency, poundsPerSquareInch, short, siPrefixed } from "./scaled.ts";
import {
  BINARY_UNITS,
  BOOLEAN_UNITS,
  COUNT_UNITS,
  CURRENCIES,
  CURRENCIES_BEHIND,
  PLAIN_UNITS,
  SI_UNITS,
} from "./units.ts";

/** In parts, as the stat panel shows them in different sizes. */
export interface FormattedValue {
  readonly prefix?: string;
  readonly text: string;
  readonly suffix?: string;
}

export interface FormatOptions {
  /** Digits behind the point; `undefined`: three significant ones. For durations in words, the units behind the first. */
  readonly decimals?: Decimals;
  /** For units that are points in time. */
  readonly timeZone?: TimeZone;
  /** Milliseconds since 1970, for "no date if today" and "from now". */
  readonly now?: number;
  readonly withMilliseconds?: boolean;
}

/** @returns the parts put together: `$1.53K` */
export function formatValue(value: number, unit: string | undefined, options: FormatOptions = {}): string {
  return formattedText(formatParts(value, unit, options));
}

export function formattedText({ prefix = "", text, suffix = "" }: FormattedValue): string {
  return `${prefix}${text}${suffix}`;
}

/**
 * @param unit one of Grafana's, or `suffix:x`, `prefix:x`, `si:kB`, `count:x`, `currency:x`, `time:FORMAT`; anything else is written
 *   behind the number
 */
export function formatParts(value: number, unit: string | undefined, options: FormatOptions = {}): FormattedValue {
  const { decimals } = options;
  if (unit === undefined || unit === "" || unit === "none") return { text: fixed(value, decimals) };
  const ladder = own(DURATION_LADDERS, unit);
  if (ladder !== undefined) return nearestUnit(value, decimals, unit as keyof typeof DURATION_LADDERS);
  const si = own(SI_UNITS, unit);
  if (si !== undefined) return siPrefixed(value, decimals, ...si);
  const binary = own(BINARY_UNITS, unit);
  if (binary !== undefined) return binaryPrefixed(value, decimals, ...binary);
  const count = own(COUNT_UNITS, unit);
  if (count !== undefined) return counted(value, decimals, count);
  const plain = own(PLAIN_UNITS, unit);
  if (plain !== undefined) return { text: fixed(value, decimals), suffix: ` ${plain}` };
  const words = own(BOOLEAN_UNITS, unit);
  if (words !== undefined) return { text: value === 0 ? words[1] : words[0] };
  return special(value, unit, options) ?? custom(value, unit, options);
}

/** Whether values of the unit are points in time, in milliseconds since 1970. */
export function isDateUnit(unit: string | undefined): boolean {
  return unit !== undefined && (unit.startsWith("dateTime") || unit.startsWith("time:"));
}

function special(value: number, unit: string, options: FormatOptions): FormattedValue | undefined {
  const { decimals } = options;
  switch (unit) {
    case "string":
      return { text: String(value) };
    case "short":
      return short(value, decimals);
    case "percent":
      return { text: fixed(value, decimals), suffix: "%" };
    case "percentunit":
      return { text: fixed(value * 100, decimals), suffix: "%" };
    case "hex":
      return { text: hexadecimal(value, decimals) };
    case "hex0x":
      return { text: hexadecimal(value, decimals).replace(/^(-?)/, "$10x") };
    case "sci":
      return { text: value.toExponential(decimals === undefined ? undefined : Math.max(0, Math.min(100, decimals))) };
    case "locale":
      return { text: localeText(value, decimals) };
    case "pressurepsi":
      return poundsPerSquareInch(value, decimals);
    case "dtdurationms":
      return inWords(value, decimals, 1);
    case "dtdurations":
      return inWords(value, decimals, 1000);
    case "dthms":
      return hoursMinutesSeconds(value);
    case "dtdhms":
      return daysHoursMinutesSeconds(value);
    case "timeticks":
      return nearestUnit(value / 100, decimals, "s");
    case "clockms":
      return clock(value, decimals);
    case "clocks":
      return clock(value * 1000, decimals);
    default:
      return unit.startsWith("dateTime") ? { text: dateTimeText(value, unit, options) } : undefined;
  }
}

function custom(value: number, unit: string, { decimals, timeZone = "browser" }: FormatOptions): FormattedValue {
  if (unit.startsWith("currency") && !unit.startsWith("currency:")) {
    const code = unit.slice("currency".length);
    const symbol = own(CURRENCIES, code);
    if (symbol !== undefined) return currency(value, decimals, { symbol, isBehind: CURRENCIES_BEHIND.has(code) });
  }
  const colon = unit.indexOf(":");
  if (colon === -1) return { text: fixed(value, decimals), suffix: ` ${unit}` };
  const rest = unit.slice(colon + 1);
  switch (unit.slice(0, colon)) {
    case "prefix":
      return { prefix: rest, text: fixed(value, decimals) };
    case "suffix":
      // People write `suffix: bps`, too: one space is enough.
      return { text: fixed(value, decimals), ...(rest === "" ? {} : { suffix: ` ${rest.trimStart()}` }) };
    case "time":
      return { text: formatTime(value, rest, timeZone) };
    case "si":
      return si(value, decimals, rest);
    case "count":
      return counted(value, decimals, rest);
    case "currency":
      return rest.startsWith("financial:")
        ? financial(value, decimals, rest.slice("financial:".length))
        : currency(value, decimals, { symbol: rest, isBehind: false });
    case "bool": {
      const [yes = "", no = ""] = rest.split("/");
      return { text: value === 0 ? no : yes };
    }
    default:
      return { text: fixed(value, decimals), suffix: ` ${unit}` };
  }
}

/** `kB`: the value is in kilobytes. */
function si(value: number, decimals: Decimals, unit: string): FormattedValue {
  const offsets: Readonly<Record<string, number>> = {
    f: -5,
    p: -4,
    n: -3,
    µ: -2,
    u: -2,
    m: -1,
    k: 1,
    M: 2,
    G: 3,
    T: 4,
    P: 5,
  };
  const offset = unit.length > 1 ? own(offsets, unit.slice(0, 1)) : undefined;
  return offset === undefined ? siPrefixed(value, decimals, unit) : siPrefixed(value, decimals, unit.slice(1), offset);
}

/** `€1,234,567.9`: in full, with separators. */
function financial(value: number, decimals: Decimals, rest: string): FormattedValue {
  const isBehind = rest.endsWith(":suffix");
  const symbol = rest.replace(/:(?:suffix|prefix)$/, "");
  const digits = decimals === undefined ? undefined : Math.max(0, Math.min(20, Math.trunc(decimals)));
  const text = value.toLocaleString(
    "en-US",
    digits === undefined
      ? { maximumFractionDigits: 1 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits },
  );
  return isBehind ? { text, suffix: symbol } : { prefix: symbol, text };
}

/** The same text in each place where it is read: the page speaks English. */
function localeText(value: number, decimals: Decimals): string {
  const digits = decimals === undefined ? undefined : Math.max(0, Math.min(20, Math.trunc(decimals)));
  return value.toLocaleString("en-US", digits === undefined ? {} : { maximumFractionDigits: digits });
}

function dateTimeText(
  value: number,
  unit: string,
  { timeZone = "browser", now = Date.now(), withMilliseconds = false }: FormatOptions,
): string {
  const isWithoutDate = unit.endsWith("NoDateIfToday") && isSameDay(value, now, timeZone);
  if (unit === "dateTimeFromNow") return fromNow(value, now);
  if (unit.startsWith("dateTimeAsUS")) {
    return formatTime(value, isWithoutDate ? "h:mm:ss a" : "MM/DD/YYYY h:mm:ss a", timeZone);
  }
  if (unit.startsWith("dateTimeAsLocal")) {
    return formatTime(value, isWithoutDate ? "hh:mm:ss A" : "MM/DD/YYYY, hh:mm:ss A", timeZone);
  }
  if (isWithoutDate) return formatTime(value, "HH:mm:ss", timeZone);
  return systemTime(value, timeZone, { withMilliseconds });
}

/** Whole numbers in full, fractions with their binary digits grouped by `decimals`: `32.8`. */
function hexadecimal(value: number, decimals: Decimals): string {
  return Number.parseFloat(fixed(value, decimals)).toString(16).toUpperCase();
}

/** Never what an object inherits: units come from foreign files. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
