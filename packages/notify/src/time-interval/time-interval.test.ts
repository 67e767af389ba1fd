import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timeInterval } from "../config/time-interval-schema.ts";
import { mutedByTime } from "./muted-by.ts";
import { containsTime, type TimeInterval } from "./time-interval.ts";

const BUSINESS: TimeInterval = { times: [{ begin: 540, end: 1020 }], weekdays: [{ begin: 1, end: 5 }] };

/** Alertmanager's own tests: timeinterval/timeinterval_test.go. */
const CONTAINS: readonly { readonly interval: TimeInterval; readonly valid: string[]; readonly invalid: string[] }[] = [
  { interval: {}, valid: ["2006-01-02T15:04Z", "2007-01-03T10:04Z"], invalid: [] },
  {
    interval: BUSINESS,
    valid: ["2020-05-04T15:04Z", "2020-05-05T10:04Z", "2020-06-09T09:04Z"],
    invalid: ["2020-05-03T15:04Z", "2020-05-04T08:59Z", "2020-05-05T05:00Z", "2020-05-05T17:00Z"],
  },
  {
    interval: {
      daysOfMonth: [{ begin: 4, end: 6 }],
      months: [{ begin: 4, end: 4 }],
      years: [{ begin: 2020, end: 2020 }],
    },
    valid: ["2020-04-04T15:04Z", "2020-04-05T00:00Z", "2020-04-06T23:05Z"],
    invalid: ["2018-05-03T15:04Z", "2020-04-03T23:59Z", "2020-06-04T23:59Z", "2019-04-06T23:59Z", "2020-04-07T00:00Z"],
  },
  {
    interval: { daysOfMonth: [{ begin: -3, end: -1 }] },
    valid: ["2020-01-31T15:04Z", "2020-01-30T15:04Z", "2020-01-29T15:04Z", "2020-06-30T00:00Z", "2020-02-29T23:05Z"],
    invalid: ["2018-05-03T15:04Z", "2020-01-27T15:04Z", "2020-04-03T23:59Z", "2020-03-01T00:00Z"],
  },
  {
    interval: { months: [{ begin: 6, end: 6 }], daysOfMonth: [{ begin: -31, end: 31 }] },
    valid: ["2020-06-30T00:00Z", "2020-06-01T00:00Z"],
    invalid: ["2020-05-31T00:00Z", "2020-07-01T00:00Z"],
  },
  {
    interval: { ...BUSINESS, location: "Australia/Sydney" },
    valid: ["2021-04-06T13:00+10:00"],
    invalid: ["2021-04-06T13:00Z"],
  },
  {
    interval: { ...BUSINESS, months: [{ begin: 11, end: 11 }], location: "Australia/Sydney" },
    valid: ["2021-11-01T09:00+11:00", "2021-10-31T22:00Z"],
    invalid: ["2021-10-31T21:00Z"],
  },
  {
    interval: { daysOfMonth: [{ begin: 30, end: 31 }], months: [{ begin: 2, end: 2 }] },
    valid: [],
    invalid: ["2021-02-28T13:00Z"],
  },
  { interval: { times: [{ begin: 0, end: 1440 }] }, valid: ["2020-01-01T00:00Z", "2020-01-01T23:59:59Z"], invalid: [] },
  { interval: { times: [] }, valid: [], invalid: ["2020-01-01T00:00Z"] },
];

const READ: readonly (readonly [written: object, read: TimeInterval])[] = [
  [
    { weekdays: ["monday:friday"], times: [{ start_time: "09:00", end_time: "17:00" }] },
    { weekdays: [{ begin: 1, end: 5 }], times: [{ begin: 540, end: 1020 }] },
  ],
  [
    {
      weekdays: ["monday:friday", "sunday"],
      months: ["january:march"],
      days_of_month: ["-7:-1"],
      years: ["2020:2025", "2030:2035"],
    },
    {
      weekdays: [
        { begin: 1, end: 5 },
        { begin: 0, end: 0 },
      ],
      months: [{ begin: 1, end: 3 }],
      daysOfMonth: [{ begin: -7, end: -1 }],
      years: [
        { begin: 2020, end: 2025 },
        { begin: 2030, end: 2035 },
      ],
    },
  ],
  [{ days_of_month: ["1:-1"] }, { daysOfMonth: [{ begin: 1, end: -1 }] }],
  [
    { months: ["January:december", "2"] },
    {
      months: [
        { begin: 1, end: 12 },
        { begin: 2, end: 2 },
      ],
    },
  ],
  [
    { years: [2020], location: "Australia/Sydney" },
    { years: [{ begin: 2020, end: 2020 }], location: "Australia/Sydney" },
  ],
  [{ times: [{ start_time: "00:00", end_time: "24:00" }] }, { times: [{ begin: 0, end: 1440 }] }],
  [{ times: [{ start_time: "01:35", end_time: "17:39" }] }, { times: [{ begin: 95, end: 1059 }] }],
];

const REFUSED: readonly (readonly [written: object, fault: string])[] = [
  [{ times: [{ start_time: "01:99", end_time: "23:59" }] }, "couldn't parse timestamp 01:99, invalid format"],
  [{ times: [{ start_time: "00:00", end_time: "99:99" }] }, "couldn't parse timestamp 99:99, invalid format"],
  [{ times: [{ start_time: "12:30", end_time: "24:01" }] }, "couldn't parse timestamp 24:01, invalid format"],
  [{ times: [{ start_time: "17:31", end_time: "17:31" }] }, "start time cannot be equal or greater than end time"],
  [{ times: [{ start_time: "24:00", end_time: "17:41" }] }, "start time cannot be equal or greater than end time"],
  [{ times: [{ start_time: "14:03" }] }, "both start and end times must be provided"],
  [{ weekdays: ["friday:monday"] }, "start day cannot be before end day"],
  [{ weekdays: ["blurgsday:flurgsday"] }, "blurgsday is not a valid weekday"],
  [{ weekdays: ["1:3"] }, "1 is not a valid weekday"],
  [{ weekdays: ["-2:-1"] }, "-2 is not a valid weekday"],
  [{ days_of_month: ["0"] }, "0 is not a valid day of the month: out of range"],
  [{ days_of_month: ["-50:-20"] }, "-50 is not a valid day of the month: out of range"],
  [{ days_of_month: ["1:50"] }, "50 is not a valid day of the month: out of range"],
  [{ days_of_month: ["-15:5"] }, "end day must be negative if start day is negative"],
  [{ days_of_month: ["10:-25"] }, "end day -25 is always before start day 10"],
  [{ months: ["martius:june"] }, "martius is not a valid month"],
  [{ months: ["march:junius"] }, "junius is not a valid month"],
  [{ months: ["december:january"] }, "end month january is before start month december"],
  [{ years: ["2022:2020"] }, "end year 2020 is before start year 2022"],
  [{ location: "+01:00" }, 'unknown time zone "+01:00": write it like Europe/Berlin'],
];

describe("time intervals", () => {
  test.each(CONTAINS)("contain what Alertmanager's do: $interval", ({ interval, valid, invalid }) => {
    expect(valid.filter((time) => !containsTime(interval, Date.parse(time)))).toEqual([]);
    expect(invalid.filter((time) => containsTime(interval, Date.parse(time)))).toEqual([]);
  });

  test.each(READ)("are read as Alertmanager reads them: %o", (written, read) => {
    expect(timeInterval.parse(written)).toEqual(read);
  });

  test.each(REFUSED)("that cannot be are refused with Alertmanager's words: %o", (written, fault) => {
    expect(timeInterval.safeParse(written).error?.issues[0]?.message).toBe(fault);
  });

  test("in UTC they agree with the calendar", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1990-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
        (date) => {
          const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
          const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
          const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
          const only = (value: number) => [{ begin: value, end: value }];

          const exact = {
            times: [{ begin: minute, end: minute + 1 }],
            weekdays: only(date.getUTCDay()),
            daysOfMonth: only(day - last - 1),
            months: only(month),
            years: only(year),
          };

          expect(containsTime(exact, date.getTime())).toBe(true);
          expect(containsTime({ ...exact, times: [{ begin: minute + 1, end: 1441 }] }, date.getTime())).toBe(false);
        },
      ),
    );
  });

  test("a route is muted within its mute intervals, and outside of its active ones", () => {
    const intervals = new Map([
      ["business", [BUSINESS]],
      [
        "weekend",
        [
          {
            weekdays: [
              { begin: 6, end: 6 },
              { begin: 0, end: 0 },
            ],
          },
        ],
      ],
    ]);
    const monday = Date.parse("2026-01-05T10:00Z");
    const saturday = Date.parse("2026-01-03T10:00Z");
    const muted = (mute: string[], active: string[], timeMs: number) =>
      mutedByTime({ muteTimeIntervals: mute, activeTimeIntervals: active }, intervals, timeMs);

    expect(muted([], [], monday)).toEqual([]);
    expect(muted(["weekend"], [], monday)).toEqual([]);
    expect(muted(["weekend"], [], saturday)).toEqual(["weekend"]);
    expect(muted([], ["business"], monday)).toEqual([]);
    expect(muted([], ["business"], saturday)).toEqual(["business"]);
  });
});
