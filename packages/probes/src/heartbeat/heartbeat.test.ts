import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HandClock } from "../clock/testing/hand-clock.ts";
import { parseBeatLine, printBeat } from "./beat-line.ts";
import { BeatLog } from "./beat-log.ts";
import { type Beat, Heartbeat } from "./heartbeat.ts";
import type { ServiceReading } from "./reading.ts";
import type { Service } from "./service.ts";
import { type BeatVerdict, BeatVerification, verifyBeatLog } from "./verify-beats.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;
const INTERVAL = 30 * SECOND;

/** A quarter of an hour before the clocks of Europe go back, UTC. */
const DST_MS = Date.parse("2026-10-25T00:45:00.000Z");

let clock: HandClock;
let beats: Beat[];
let folder: string;

beforeEach(() => {
  clock = new HandClock(DST_MS);
  beats = [];
  folder = mkdtempSync(join(tmpdir(), "haltwatch-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const WELL: ServiceReading = { fault: undefined, latencyMs: 5, facts: { kind: "http", venue: "v" } };

function service(name: string, look: Service["look"] = async () => WELL, more: Partial<Service> = {}): Service {
  const unanswered = { kind: "http", venue: "v" } as const;
  return { name, kind: "http", target: "v:443", timeoutMs: 5 * SECOND, attempts: 3, unanswered, look, ...more };
}

const hanging = service("hanging", () => new Promise(() => undefined));

function heartbeat(services: readonly Service[], more: { readonly lastBeatMs?: number } = {}): Heartbeat {
  return new Heartbeat({ services, intervalMs: INTERVAL, clock, onBeat: (beat) => beats.push(beat), ...more });
}

function verify(fromMs: number): BeatVerdict {
  const verification = new BeatVerification(fromMs);
  for (const beat of beats) {
    const line = parseBeatLine(printBeat(beat, "run", INTERVAL).trimEnd());
    if (line !== undefined) verification.add(line);
  }
  return verification.verdict(clock.now());
}

function distances(): number[] {
  return beats.slice(1).map(({ elapsedMs }, index) => elapsedMs - (beats[index]?.elapsedMs ?? 0));
}

test("C3 24 hours of beats with time-outs, clock steps and a change of summer time: no gap, none doubled", async () => {
  const flaky = service("flaky", async () => {
    const fault = { kind: "unreachable", detail: "gone" } as const;
    return clock.now() % 7 === 0 ? { ...WELL, fault } : WELL;
  });
  await using running = heartbeat([service("well"), hanging, flaky]);
  running.start();

  for (let hour = 0; hour < 24; hour++) {
    await clock.turn(HOUR / 2);
    if (hour === 3) clock.step(HOUR);
    if (hour === 5) clock.step(-HOUR);
    if (hour === 9) clock.step(17_300);
    if (hour === 14) clock.step(-12_345);
    await clock.turn(HOUR / 2);
  }

  expect(Math.max(...distances())).toBeLessThanOrEqual(INTERVAL + SECOND);
  expect(Math.min(...distances())).toBeGreaterThanOrEqual(INTERVAL - SECOND);
  expect(beats.length).toBeGreaterThanOrEqual(2878);
  expect(beats.length).toBeLessThanOrEqual(2882);
  expect(beats.map(({ clockStepMs }) => clockStepMs).filter((ms) => ms !== 0)).toEqual([HOUR, -HOUR, 17_300, -12_345]);
  expect(verify(DST_MS)).toMatchObject({ gapCount: 0, doubled: 0, clockSteps: 4 });
});

test("C3 beats find their place in UTC again, a little at a time", async () => {
  clock.step(12_000);
  await using running = heartbeat([service("well")]);
  running.start();

  await clock.turn(HOUR);

  expect((beats.at(-1)?.timeMs ?? 1) % INTERVAL).toBe(0);
});

test("C3 a machine that was suspended shows as a gap with its reason, and nothing is made up for", async () => {
  await using running = heartbeat([service("well")]);
  running.start();
  await clock.turn(5 * 60 * SECOND);
  const before = beats.length;

  clock.suspend(2 * HOUR);
  await clock.turn(SECOND);

  expect(beats).toHaveLength(before + 1);
  expect(beats.at(-1)?.gap).toMatchObject({ reason: "suspended" });
  expect(beats.at(-1)?.clockStepMs).toBe(0);
  await clock.turn(HOUR);
  const { gaps, gapCount, doubled } = verify(DST_MS);
  expect({ gapCount, doubled }).toEqual({ gapCount: 1, doubled: 0 });
  expect(gaps[0]).toMatchObject({ reason: "suspended", ms: expect.closeTo(2 * HOUR, -5) });
});

test("C3 a process that got no time shows as a gap, too", async () => {
  await using running = heartbeat([service("well")]);
  running.start();
  await clock.turn(60 * SECOND);

  clock.block(90 * SECOND);
  await clock.turn(60 * SECOND);

  expect(verify(DST_MS).gaps).toMatchObject([{ reason: "stalled" }]);
  expect(verify(DST_MS).doubled).toBe(0);
});

test("C3 whatever the clocks do, no two beats are nearer or farther than they should be, and gaps are told", async () => {
  const event = fc.record({
    kind: fc.constantFrom("step", "suspend", "block", "turn"),
    ms: fc.integer({ min: 0, max: 600_000 }),
    isBack: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
      clock = new HandClock(DST_MS);
      beats = [];
      await using running = heartbeat([service("well"), hanging]);
      running.start();
      for (const { kind, ms, isBack } of events) {
        if (kind === "step") clock.step(isBack ? -ms : ms);
        else if (kind === "suspend") clock.suspend(ms);
        else if (kind === "block") clock.block(ms);
        await clock.turn(ms);
      }
      for (const [index, ms] of distances().entries()) {
        expect(ms).toBeGreaterThanOrEqual(INTERVAL - SECOND);
        expect(beats[index + 1]?.gap !== undefined).toBe(ms > INTERVAL + SECOND);
      }
    }),
    { numRuns: 30 },
  );
});

test("C3 a service that hangs, throws or never ends delays nobody's look and not the next beat", async () => {
  const seen: [string, number][] = [];
  const throwing = service("throwing", () => Promise.reject(new Error("a bug\nin it")));
  const slow = service("slow", () => new Promise((resolve) => clock.after(4_900, () => resolve(WELL))));
  await using running = new Heartbeat({
    services: [hanging, throwing, slow, service("well")],
    intervalMs: INTERVAL,
    clock,
    onReading: ({ name }) => seen.push([name, clock.monotonic()]),
    onBeat: (beat) => beats.push(beat),
  });
  running.start();

  await clock.turn(3 * INTERVAL);

  const first = seen.slice(0, 4);
  expect(first).toEqual([
    ["well", 0],
    ["throwing", 500],
    ["slow", 4_900],
    ["hanging", 5_500],
  ]);
  expect(seen.filter(([name]) => name === "well").map(([, ms]) => ms)).toEqual([0, 30_000, 60_000, 90_000]);
  expect([...(beats[0]?.readings.values() ?? [])].map(({ fault }) => fault)).toEqual([
    { kind: "timeout", detail: "the look before still hangs" },
    { kind: "failed", detail: "a bug in it" },
    undefined,
    undefined,
  ]);
  expect(clock.waiting).toBeLessThan(10);
});

test("C3 attempts that could take longer than the interval are refused", () => {
  expect(() => heartbeat([service("slow", undefined, { timeoutMs: 10_000 })])).toThrow(
    "slow: 3 attempts of 10 s take up to 30.5 s, and the next beat comes after 30 s",
  );
  expect(() => heartbeat([service("a"), service("a")])).toThrow("two services are named a");
});

test("C3 after a restart the next beat comes when it would have, and a longer absence is a gap", async () => {
  await using soon = heartbeat([service("well")], { lastBeatMs: DST_MS - 10 * SECOND });
  soon.start();
  await clock.turn(19 * SECOND);
  expect(beats).toHaveLength(0);
  await clock.turn(SECOND);
  expect(beats[0]?.gap).toBeUndefined();

  await using late = heartbeat([service("well")], { lastBeatMs: clock.now() - 10 * INTERVAL });
  late.start();
  await clock.turn(0);
  expect(beats.at(-1)?.gap).toEqual({ ms: 10 * INTERVAL, reason: "not-running" });
});

test("C3 the log is rotated by day of UTC, kept, found again and verified as one", async () => {
  const path = join(folder, "monitoring", "heartbeat.log");
  const errors: unknown[] = [];
  const options = { path, keepMs: 0, onError: (error: unknown) => errors.push(error) };
  const log = await BeatLog.open(options);
  await using running = heartbeat([service("well")]);
  running.start();
  await clock.turn(60 * HOUR);
  for (const beat of beats) {
    log.append(beat.timeMs, printBeat(beat, "a", INTERVAL));
    await log[Symbol.asyncDispose]();
  }
  await log[Symbol.asyncDispose]();

  const again = await BeatLog.open(options);
  await again[Symbol.asyncDispose]();

  expect(errors).toEqual([]);
  expect(parseBeatLine(again.lastLine ?? "")?.timeMs).toBe(beats.at(-1)?.timeMs);
  const verdict = await verifyBeatLog(path, clock.now() - 24 * HOUR, clock.now());
  expect(verdict).toMatchObject({ beats: 2881, gapCount: 0, doubled: 0, unreadable: 0 });
  expect((await verifyBeatLog(path, clock.now() - 59 * HOUR, clock.now())).gaps).toMatchObject([{ reason: "no-log" }]);
  await expect(verifyBeatLog(join(folder, "none.log"), 0, 1)).rejects.toMatchObject({ code: "BAD_LOG" });
});

test("C3 a line that a crash has torn is ended, and no beat", async () => {
  const path = join(folder, "heartbeat.log");
  await using running = heartbeat([service("well")]);
  running.start();
  await clock.turn(INTERVAL);
  const lines = beats.map((beat) => printBeat(beat, "a", INTERVAL));
  writeFileSync(path, `${lines[0]}{"time":"2026-10-`);

  const log = await BeatLog.open({ path, keepMs: 0, onError: () => undefined });
  log.append(clock.now(), lines[1] ?? "");
  await log[Symbol.asyncDispose]();

  expect(await verifyBeatLog(path, DST_MS, clock.now())).toMatchObject({ beats: 2, unreadable: 1, gapCount: 0 });
});

test("C3 after a crash that tore a line, the last whole one says when the next beat is due", async () => {
  const path = join(folder, "heartbeat.log");
  writeFileSync(path, `{"whole":1}\n{"time":"2026-10-`);

  await using log = await BeatLog.open({ path, keepMs: 0, onError: () => undefined });

  expect(log.lastLine).toBe('{"whole":1}');
});

test("C3 a log that somebody took away before midnight goes on in a new file", async () => {
  const path = join(folder, "heartbeat.log");
  const errors: unknown[] = [];
  await using log = await BeatLog.open({ path, keepMs: 0, onError: (error) => errors.push(error) });
  log.append(DST_MS, "one\n");
  await log[Symbol.asyncDispose]();
  rmSync(path);

  log.append(DST_MS + 24 * HOUR, "two\n");
  await log[Symbol.asyncDispose]();

  expect(errors).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe("two\n");
});

test("C3 a disk that takes half a line costs no other line, and what waits is tried once more at the end", async () => {
  const path = join(folder, "heartbeat.log");
  const errors: unknown[] = [];
  await using log = await BeatLog.open({ path, keepMs: 0, onError: (error) => errors.push(error) });
  rmSync(path);
  mkdirSync(path); // nothing can be written there now
  log.append(DST_MS, "one\n");
  await log[Symbol.asyncDispose]();
  expect(errors.length).toBeGreaterThan(0);
  rmSync(path, { recursive: true });
  writeFileSync(path, "hal"); // what the attempt that failed had written

  await log[Symbol.asyncDispose]();

  expect(readFileSync(path, "utf8")).toBe("hal\none\n");
});

test("C3 a heartbeat that died before the clock was set back is a gap, though its last beat lies ahead", async () => {
  await using running = heartbeat([service("well")]);
  running.start();
  await clock.turn(HOUR);
  await running.stop();

  clock.step(-HOUR / 2);
  await clock.turn(60 * SECOND);

  expect(verify(DST_MS)).toMatchObject({ gapCount: 1, gaps: [{ reason: "no-log" }] });
});
