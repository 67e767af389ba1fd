/** Ranges of time intervals as they are written: `monday:friday`, `-3:-1`, `2020:2022`. Source: timeinterval/timeinterval.go. */
import type { InclusiveRange } from "./time-interval.ts";

/** The range, or what is wrong with it. */
export type ParsedRange = InclusiveRange | string;

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

const MONTHS = "january february march april may june july august september october november december" // in order
  .split(" ");

export function parseWeekdays(text: string): ParsedRange {
  const range = rangeOf(text, "weekday", (day) => WEEKDAYS.indexOf(day));
  if (typeof range === "string") return range;
  return range.begin > range.end ? "start day cannot be before end day" : range;
}

export function parseDaysOfMonth(text: string): ParsedRange {
  const range = rangeOf(text, "day of the month", wholeNumber);
  if (typeof range === "string") return range;
  const { begin, end } = range;
  for (const day of [begin, end]) {
    if (day === 0 || day < -31 || day > 31) return `${day} is not a valid day of the month: out of range`;
  }
  if (begin < 0 && end > 0) return "end day must be negative if start day is negative";
  // How long the month is cannot be known: what is wrong even in the shortest is refused.
  const fromStart = (day: number) => (day < 0 ? 28 + day : day);
  return fromStart(begin) > fromStart(end) ? `end day ${end} is always before start day ${begin}` : range;
}

export function parseMonths(text: string): ParsedRange {
  const range = rangeOf(text, "month", (month) => {
    const index = MONTHS.indexOf(month);
    return index >= 0 ? index + 1 : wholeNumber(month);
  });
  if (typeof range === "string" || range.begin <= range.end) return range;
  const name = (month: number) => MONTHS[month - 1] ?? "";
  return `end month ${name(range.end)} is before start month ${name(range.begin)}`;
}

export function parseYears(text: string): ParsedRange {
  const range = rangeOf(text, "year", wholeNumber);
  if (typeof range === "string" || range.begin <= range.end) return range;
  return `end year ${range.end} is before start year ${range.begin}`;
}

/** Minutes of the day; the end is not included. */
export function parseTimes(startTime: string, endTime: string): ParsedRange {
  if (startTime === "" || endTime === "") return "both start and end times must be provided";
  const begin = minuteOf(startTime);
  const end = minuteOf(endTime);
  if (begin === undefined) return `couldn't parse timestamp ${startTime}, invalid format`;
  if (end === undefined) return `couldn't parse timestamp ${endTime}, invalid format`;
  return begin >= end ? "start time cannot be equal or greater than end time" : { begin, end };
}

function rangeOf(text: string, what: string, memberOf: (text: string) => number | undefined): ParsedRange {
  const parts = text.toLowerCase().split(":");
  if (parts.length > 2) return `couldn't parse range ${text}, invalid format`;
  const numbers: number[] = [];
  for (const part of parts) {
    const number = memberOf(part);
    if (number === undefined || (number < 0 && what === "weekday")) return `${part} is not a valid ${what}`;
    numbers.push(number);
  }
  const [begin = 0, end = begin] = numbers;
  return { begin, end };
}

function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function minuteOf(text: string): number | undefined {
  if (!/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text)) return undefined;
  const [hours, minutes] = text.split(":");
  return Number(hours) * 60 + Number(minutes);
}
