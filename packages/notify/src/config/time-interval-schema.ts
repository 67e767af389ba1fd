/** `time_intervals`: as Alertmanager takes them. Source: Alertmanager, config/config.go, timeinterval/timeinterval.go. */
import { z } from "zod";
import {
  type ParsedRange,
  parseDaysOfMonth,
  parseMonths,
  parseTimes,
  parseWeekdays,
  parseYears,
} from "../time-interval/parse-range.ts";
import { isLocation, type TimeInterval } from "../time-interval/time-interval.ts";
import { optional, text } from "./config-values.ts";

function rangeList(parse: (text: string) => ParsedRange) {
  return z.array(
    text.transform((written, context) => accepted(parse(written), context)),
    { error: "write a list here" },
  );
}

const timeRange = z
  .strictObject({ start_time: text.default(""), end_time: text.default("") })
  .transform(({ start_time, end_time }, context) => accepted(parseTimes(start_time, end_time), context));

function accepted(range: ParsedRange, context: z.RefinementCtx) {
  if (typeof range !== "string") return range;
  context.addIssue({ code: "custom", message: range });
  return z.NEVER;
}

const intervalFields = z.strictObject({
  times: optional(z.array(timeRange, { error: "write a list here" })),
  weekdays: optional(rangeList(parseWeekdays)),
  days_of_month: optional(rangeList(parseDaysOfMonth)),
  months: optional(rangeList(parseMonths)),
  years: optional(rangeList(parseYears)),
  location: optional(
    text.refine(isLocation, {
      error: (issue) => `unknown time zone ${JSON.stringify(issue.input)}: write it like Europe/Berlin`,
    }),
  ),
});

export const INTERVAL_KEYS = Object.keys(intervalFields.shape);

export const timeInterval = intervalFields.transform(
  ({ days_of_month, ...fields }): TimeInterval => ({ ...fields, daysOfMonth: days_of_month }),
);

const namedFields = z.strictObject({
  name: text,
  time_intervals: optional(z.array(timeInterval, { error: "write a list of intervals here" })),
});

export const NAMED_INTERVAL_KEYS = Object.keys(namedFields.shape);

/** A name, and the intervals that it stands for. */
export const namedIntervals = namedFields.transform(({ name, time_intervals }) => ({
  name,
  intervals: time_intervals ?? [],
}));
