import { expect, test } from "vitest";
import { HandClock } from "../clock/testing/hand-clock.ts";
import { CronSchedule } from "./cron-schedule.ts";
import { type Due, type ScheduledJob, Scheduler } from "./scheduler.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A scheduler on a clock that is turned by hand, and what it did. */
class World {
  readonly clock: HandClock;
  readonly done: string[] = [];
  readonly late: string[] = [];
  readonly overlaps: string[] = [];
  readonly failures: string[] = [];
  readonly memory = new Map<string, number>();

  constructor(now: string) {
    this.clock = new HandClock(Date.parse(now));
  }

  job(name: string, expression: string, timeZone = "UTC", run = async (_: Due): Promise<void> => {}): ScheduledJob {
    const schedule = new CronSchedule(expression, timeZone);
    return {
      ...{ name, schedule },
      run: async (due) => {
        this.done.push(`${name} ${this.#time()}`);
        await run(due);
      },
    };
  }

  started(...jobs: ScheduledJob[]): Scheduler {
    const scheduler = new Scheduler({
      ...{ jobs, clock: this.clock },
      memory: { lastDueMs: (name) => this.memory.get(name), done: (name, dueMs) => void this.memory.set(name, dueMs) },
      onLate: (name, { dueMs, missed }) => this.late.push(`${name} due ${timeText(dueMs)}, missed ${missed}`),
      onOverlap: (name, dueMs) => this.overlaps.push(`${name} ${timeText(dueMs)}`),
      onFailed: (name, error) => this.failures.push(`${name}: ${String(error)}`),
    });
    scheduler.start();
    return scheduler;
  }

  #time(): string {
    return timeText(this.clock.now());
  }
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(5, 16);
}

test("D2 health each five minutes, backups each six hours, the report at nine in its zone: a day of it", async () => {
  const world = new World("2026-11-20T21:59:30Z");
  await using _ = world.started(
    world.job("health", "*/5 * * * *"),
    world.job("backup", "0 */6 * * *"),
    world.job("report", "0 9 * * *", "Europe/Berlin"),
  );

  await world.clock.turn(24 * HOUR_MS);

  expect(world.done.filter((one) => one.startsWith("health"))).toHaveLength(288);
  expect(world.done.filter((one) => !one.startsWith("health"))).toEqual([
    "backup 11-21T00:00",
    "backup 11-21T06:00",
    "report 11-21T08:00",
    "backup 11-21T12:00",
    "backup 11-21T18:00",
  ]);
  expect([world.late, world.overlaps, world.failures]).toEqual([[], [], []]);
});

test.each([
  ["Europe/Berlin", "2026-03-28T12:00:00Z", ["03-29T07:00", "03-30T07:00"]],
  ["Europe/Berlin", "2026-10-24T12:00:00Z", ["10-25T08:00", "10-26T08:00"]],
  ["America/New_York", "2026-03-07T18:00:00Z", ["03-08T13:00", "03-09T13:00"]],
  ["America/New_York", "2026-10-31T18:00:00Z", ["11-01T14:00", "11-02T14:00"]],
])("D2 in %s nine o'clock is nine o'clock across the change after %s", async (timeZone, now, expected) => {
  const world = new World(now);
  await using _ = world.started(world.job("report", "0 9 * * *", timeZone));

  await world.clock.turn(48 * HOUR_MS);

  expect(world.done).toEqual(expected.map((time) => `report ${time}`));
});

test("D2 what a suspended machine has missed is done once, late, and said to be", async () => {
  const world = new World("2026-11-20T08:58:00Z");
  await using _ = world.started(world.job("health", "*/5 * * * *"), world.job("report", "0 9 * * *"));

  world.clock.suspend(2 * HOUR_MS);
  await world.clock.turn(MINUTE_MS);

  expect(world.done).toEqual(["health 11-20T10:58", "report 11-20T10:58"]);
  expect(world.late).toEqual(["health due 11-20T10:55, missed 23", "report due 11-20T09:00, missed 0"]);
});

test("D2 what was due while nothing ran is done after the start, and once", async () => {
  const world = new World("2026-11-20T10:00:30Z");
  world.memory.set("report", Date.parse("2026-11-19T09:00:00Z"));

  const first = world.started(world.job("report", "0 9 * * *"));
  await world.clock.turn(MINUTE_MS);
  await first[Symbol.asyncDispose]();
  const second = world.started(world.job("report", "0 9 * * *"));
  await world.clock.turn(MINUTE_MS);
  await second[Symbol.asyncDispose]();

  expect(world.done).toEqual(["report 11-20T10:00"]);
  expect(world.clock.waiting).toBe(0);
});

test("D2 what was never done yet is done after a restart, too: a machine that is off at nine has its report", async () => {
  const world = new World("2026-11-20T10:00:00Z");
  await world.started(world.job("report", "0 9 * * *"))[Symbol.asyncDispose]();

  world.clock.suspend(24 * HOUR_MS);
  await using _ = world.started(world.job("report", "0 9 * * *"));
  await world.clock.turn(MINUTE_MS);

  expect(world.done).toEqual(["report 11-21T10:00"]);
});

test("D2 a disk that is full keeps nothing from being done, and ends nothing", async () => {
  const world = new World("2026-11-20T10:00:30Z");
  world.memory.set = () => {
    throw new Error("database or disk is full");
  };
  await using _ = world.started(world.job("health", "*/5 * * * *"));

  await world.clock.turn(10 * MINUTE_MS);

  expect(world.done).toEqual(["health 11-20T10:05", "health 11-20T10:10"]);
  expect(world.failures).toContain("health: Error: database or disk is full");
});

test("D2 at the very first start nothing is late", async () => {
  const world = new World("2026-11-20T10:00:30Z");
  await using _ = world.started(world.job("report", "0 9 * * *"));

  await world.clock.turn(HOUR_MS);

  expect(world.done).toEqual([]);
});

test("D2 nothing is done twice at a time: what is due meanwhile is left out, and the others are not kept waiting", async () => {
  const world = new World("2026-11-20T10:00:30Z");
  const long = Promise.withResolvers<void>();
  const scheduler = world.started(
    world.job("slow", "*/5 * * * *", "UTC", () => long.promise),
    world.job("quick", "*/5 * * * *"),
  );

  await world.clock.turn(10 * MINUTE_MS);
  expect(world.done).toEqual(["slow 11-20T10:05", "quick 11-20T10:05", "quick 11-20T10:10"]);
  expect(world.overlaps).toEqual(["slow 11-20T10:10"]);

  long.resolve();
  await world.clock.turn(5 * MINUTE_MS);
  expect(world.done.slice(3)).toEqual(["slow 11-20T10:15", "quick 11-20T10:15"]);
  await scheduler[Symbol.asyncDispose]();
});

test("D2 what fails is told, and is done again when it is due", async () => {
  const world = new World("2026-11-20T10:00:30Z");
  await using _ = world.started(world.job("backup", "*/5 * * * *", "UTC", () => Promise.reject(new Error("no disk"))));

  await world.clock.turn(10 * MINUTE_MS);

  expect(world.done).toHaveLength(2);
  expect(world.failures).toEqual(["backup: Error: no disk", "backup: Error: no disk"]);
});

test("D2 a clock that is set back by a day keeps nothing from being done", async () => {
  const world = new World("2026-11-20T10:00:30Z");
  await using _ = world.started(world.job("health", "*/5 * * * *"));
  await world.clock.turn(5 * MINUTE_MS);

  world.clock.step(-24 * HOUR_MS);
  await world.clock.turn(10 * MINUTE_MS);

  expect(world.done).toEqual(["health 11-20T10:05", "health 11-19T10:10", "health 11-19T10:15"]);
});
