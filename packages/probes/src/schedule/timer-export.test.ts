import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { CronSchedule } from "./cron-schedule.ts";
import { crontab, onCalendar } from "./timer-export.ts";

const ANALYZE = "/usr/bin/systemd-analyze";

const CASES = [
  ["*/5 * * * *", "UTC", "*-*-* *:00/5:00 UTC"],
  ["0 */6 * * *", "Europe/Berlin", "*-*-* 00/6:00:00 Europe/Berlin"],
  ["0 9 * * *", "America/New_York", "*-*-* 09:00:00 America/New_York"],
  ["0 9 * * 1-5", "Europe/Berlin", "Mon..Fri *-*-* 09:00:00 Europe/Berlin"],
  ["15,45 8-18/2 * * *", "UTC", "*-*-* 08..18/2:15,45:00 UTC"],
  ["0 0 1 jan,JUL *", "UTC", "*-01,07-01 00:00:00 UTC"],
  ["30 4 * * sun,0", "UTC", "Sun,Sun *-*-* 04:30:00 UTC"],
  ["0 9 * * 0-4", "UTC", "Mon..Thu,Sun *-*-* 09:00:00 UTC"],
  ["0 9 * * 0-1", "UTC", "Mon,Sun *-*-* 09:00:00 UTC"],
  ["0 9 * * 5-7", "UTC", "Fri..Sun *-*-* 09:00:00 UTC"],
  ["*/10 * * * * *", "UTC", "*-*-* *:*:00/10 UTC"],
] as const;

test.each(CASES)("D2 %s in %s is %s for systemd", (expression, timeZone, expected) => {
  expect(onCalendar(new CronSchedule(expression, timeZone))).toBe(expected);
});

test.skipIf(!existsSync(ANALYZE))("D2 systemd itself understands them, and means the same times", () => {
  for (const [expression, timeZone] of CASES) {
    const schedule = new CronSchedule(expression, timeZone);
    const output = execFileSync(ANALYZE, ["calendar", "--iterations=3", onCalendar(schedule)], {
      encoding: "utf8",
      env: { TZ: "UTC" },
    });
    const theirs = [
      ...output.matchAll(/(?:Next elapse|Iter\. #\d|\(in UTC\)): (?:\w+ )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC/g),
    ].map(([, time]) => Date.parse(`${time?.replace(" ", "T")}Z`));
    expect(theirs.length, output).toBeGreaterThanOrEqual(3);
    const [first = Number.NaN] = theirs;
    const ours = [schedule.next(first - 1)];
    for (const last of ours) if (ours.length < new Set(theirs).size) ours.push(schedule.next(last));
    expect(ours, expression).toEqual([...new Set(theirs)]);
  }
});

test("D2 what systemd cannot say is refused", () => {
  expect(() => onCalendar(new CronSchedule("0 0 1 * 1", "UTC"))).toThrow(/both a day of the month and a weekday/);
  expect(() => onCalendar(new CronSchedule("0 0 L * *", "UTC"))).toThrow(/only numbers/);
});

test("D2 lines of a crontab say their zone, and mean a percent sign as it is", () => {
  const report = { name: "report", schedule: new CronSchedule("0 9 * * *", "Europe/Berlin"), command: "haltwatch x%y" };

  expect(crontab([report])).toBe("CRON_TZ=Europe/Berlin\n0 9 * * * haltwatch x\\%y\n");
  expect(() => crontab([{ ...report, schedule: new CronSchedule("0 0 9 * * *", "UTC") }])).toThrow(/no seconds/);
});
