/** The same schedules for others to keep to: lines of a crontab, and `OnCalendar=` of systemd timers. */
import type { CronSchedule } from "./cron-schedule.ts";

/** What is done when, by which command. */
export interface ExportedJob {
  readonly name: string;
  readonly schedule: CronSchedule;
  /** `haltwatch health` */
  readonly command: string;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * A crontab for cron of Debian and others. `CRON_TZ` is known to cronie, and not to Debian's cron, whose times are the machine's.
 *
 * @throws {RangeError} for an expression with seconds, which cron does not know
 */
export function crontab(jobs: readonly ExportedJob[]): string {
  const lines = jobs.flatMap(({ schedule, command }) => {
    if (fieldsOf(schedule).length !== 5) throw new RangeError(`cron knows no seconds: ${schedule.expression}`);
    return [`CRON_TZ=${schedule.timeZone}`, `${schedule.expression} ${command.replaceAll("%", "\\%")}`];
  });
  return `${lines.join("\n")}\n`;
}

/**
 * The value of `OnCalendar=`, systemd.time(7).
 *
 * @throws {RangeError} for what systemd cannot say: a day of the month or a weekday, whichever comes first
 * @example onCalendar(new CronSchedule("0 9 * * 1-5", "Europe/Berlin")); // "Mon..Fri *-*-* 09:00:00 Europe/Berlin"
 */
export function onCalendar(schedule: CronSchedule): string {
  const fields = fieldsOf(schedule);
  const [second = "0", minute = "", hour = "", day = "", month = "", weekday = ""] =
    fields.length === 5 ? ["0", ...fields] : fields;
  if (day !== "*" && weekday !== "*")
    throw new RangeError(
      `systemd takes both a day of the month and a weekday for "and", cron for "or": ${schedule.expression}`,
    );
  const date = `*-${part(month, 1, monthNumber)}-${part(day, 1, Number)}`;
  const time = [hour, minute, second].map((field) => part(field, 0, Number)).join(":");
  const days = weekday === "*" ? "" : `${weekdays(weekday)} `;
  return `${days}${date} ${time} ${schedule.timeZone}`;
}

function fieldsOf({ expression }: CronSchedule): string[] {
  const fields = expression.trim().split(/\s+/);
  if (fields.some((field) => /[LW#?@+]/.test(field.replaceAll(/[A-Za-z]{3}/g, ""))))
    throw new RangeError(`only numbers, names, *, lists, ranges and steps can be exported: ${expression}`);
  return fields;
}

/** Lists, ranges and steps as systemd writes them: every fifth is `00/5` there, `10-40/10` is `10..40/10`. */
function part(field: string, first: number, numberOf: (text: string) => number): string {
  return field
    .split(",")
    .map((one) => {
      const [range = "", step] = one.split("/");
      const [from = "", to] = range.split("-");
      if (range === "*") return step === undefined ? "*" : `${two(first)}/${step}`;
      const ends = to === undefined ? two(numberOf(from)) : `${two(numberOf(from))}..${two(numberOf(to))}`;
      return step === undefined ? ends : `${ends}/${step}`;
    })
    .join(",");
}

function weekdays(field: string): string {
  return field
    .split(",")
    .map((one) => {
      if (one.includes("/")) throw new RangeError(`systemd knows no steps of weekdays: ${field}`);
      const [from = "", to] = one.split("-").map(weekdayName);
      // Its weeks begin on Monday: there is no range from Sunday on.
      if (from === "Sun" && to !== undefined && to !== "Sun") return to === "Mon" ? "Mon,Sun" : `Mon..${to},Sun`;
      return to === undefined ? from : `${from}..${to}`;
    })
    .join(",");
}

function weekdayName(text: string): string {
  const name = WEEKDAYS[Number(text)];
  return name ?? `${text.slice(0, 1).toUpperCase()}${text.slice(1, 3).toLowerCase()}`;
}

function monthNumber(text: string): number {
  const at = MONTHS.indexOf(text.toLowerCase());
  return at >= 0 ? at + 1 : Number(text);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
