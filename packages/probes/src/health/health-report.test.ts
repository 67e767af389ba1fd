import { expect, test } from "vitest";
import type { HealthCheck } from "./health-check.ts";
import { healthReport } from "./health-report.ts";

const WELL: HealthCheck = {
  kind: "cpu",
  name: "",
  timeoutMs: 1_000,
  run: async () => ({ status: "ok", detail: "1 %" }),
};

test("D1 one overall status, each check's own, and the time", async () => {
  const absent: HealthCheck = {
    ...WELL,
    kind: "unit",
    run: async () => ({ status: "unavailable", detail: "no systemd" }),
  };

  const well = await healthReport([WELL, absent], () => 1_700_000_000_000);
  const unwell = await healthReport(
    [WELL, { ...WELL, kind: "disk", name: "/", run: async () => ({ status: "unhealthy", detail: "full" }) }],
    () => 1_700_000_000_000,
  );

  expect(well).toMatchObject({ status: "ok", timeMs: 1_700_000_000_000 });
  expect(unwell.status).toBe("unhealthy");
  expect(unwell.checks.map(({ kind, name, status }) => [kind, name, status])).toEqual([
    ["cpu", "", "ok"],
    ["disk", "/", "unhealthy"],
  ]);
});

test("D1 one that hangs and one that throws hold up no other, and are unhealthy", async () => {
  const begun = performance.now();

  const report = await healthReport(
    [
      { ...WELL, kind: "http", timeoutMs: 50, run: () => new Promise(() => {}) },
      {
        ...WELL,
        kind: "dns",
        run: () => Promise.reject(new Error("fetch failed", { cause: new Error("ECONNREFUSED\nby it") })),
      },
      {
        ...WELL,
        kind: "tcp",
        run: () => {
          throw new Error("at once");
        },
      },
      WELL,
    ],
    Date.now,
  );

  expect(performance.now() - begun).toBeLessThan(900);
  expect(report.checks.map(({ detail }) => detail)).toEqual([
    "no answer within 50 ms",
    "ECONNREFUSED by it",
    "at once",
    "1 %",
  ]);
});

test("D1 whoever stops waits for no check", async () => {
  const stop = new AbortController();
  const running = healthReport(
    [{ ...WELL, timeoutMs: 60_000, run: () => new Promise(() => {}) }],
    Date.now,
    stop.signal,
  );

  stop.abort();

  expect((await running).checks[0]?.detail).toBe("stopped");
});

test("D1 what somebody answers is one line, and not endless", async () => {
  const long = await healthReport(
    [{ ...WELL, run: async () => ({ status: "ok", detail: `a\r\n${"b".repeat(9_000)}` }) }],
    Date.now,
  );

  expect(long.checks[0]?.detail).toMatch(/^a b+…$/);
  expect(long.checks[0]?.detail).toHaveLength(300);
});
