/**
 * When something is due: a cron expression in a named time zone. What falls into the hour that a clock change leaves out is due at
 * its end; what falls into the hour that comes twice is due once, unless it is due every hour.
 */
import { Cron } from "croner";

/** A schedule that nobody can keep to. */
export class ScheduleError extends Error {
  override readonly name = "ScheduleError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export class CronSchedule {
  readonly expression: string;
  readonly timeZone: string;
  readonly #cron: Cron;

  /**
   * @param expression of five fields, `0 9 * * 1-5`; six with seconds before
   * @param timeZone of the IANA's list: `Europe/Berlin`
   * @throws {ScheduleError}
   * @example
   * new CronSchedule("0 9 * * *", "Europe/Berlin").next(Date.now()); // 09:00 there, Unix milliseconds
   */
  constructor(expression: string, timeZone: string) {
    this.expression = expression;
    this.timeZone = timeZone;
    if (!isTimeZone(timeZone))
      throw new ScheduleError(`${JSON.stringify(timeZone)} is no time zone`, "Write one like Europe/Berlin or UTC");
    try {
      this.#cron = new Cron(expression, { timezone: timeZone, paused: true });
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
      const hint = "Write five fields: minute, hour, day, month, weekday, such as 0 9 * * *";
      throw new ScheduleError(`${JSON.stringify(expression)} is no cron expression: ${why}`, hint);
    }
    if (this.#cron.nextRun() === null)
      throw new ScheduleError(`${JSON.stringify(expression)} is never due`, "Name a day that there is");
  }

  /** The first time after this one that it is due, Unix milliseconds. */
  next(afterMs: number): number {
    // Years that croner does not look at are as good as never.
    return this.#cron.nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY;
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
