/** Killed and started again, alerts go on as if nothing had been: the process's death is not the end of an alert, nor its beginning. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, type HaltwatchProcess, RealHaltwatch, type ShownAlert } from "./real-haltwatch.ts";

const FOR_S = 8;
const INTERVAL_MS = 1000;

/** What may take its time on a busy machine, milliseconds. */
const PATIENCE_MS = 30_000;

let target: Server;
let address = "";

beforeAll(async () => {
  target = createServer((_, response) => {
    response.setHeader("Content-Type", "text/plain; version=0.0.4").end('x{bot="a"} 1\n');
  }).listen(0, "127.0.0.1");
  await once(target, "listening");
  const place = target.address();
  if (place === null || typeof place === "string") throw new Error("no port");
  address = `127.0.0.1:${place.port}`;
});
afterAll(() => {
  target.close();
  target.closeAllConnections();
});

function haltwatchOf(forS: number): RealHaltwatch {
  const rule = { alert: "A", expr: "x > 0", for: `${forS}s`, labels: { level: "{{ $value }}" } };
  return new RealHaltwatch({
    "haltwatch.toml": `
[rules]
files = ["rules.yml"]
evaluation_interval = "${INTERVAL_MS}ms"
system = false
[global]
scrape_interval = "1s"
[[scrape_configs]]
job_name = "bot"
static_configs = [{ targets = ["${address}"] }]
`,
    "rules.yml": JSON.stringify({ groups: [{ name: "g", rules: [rule] }] }),
  });
}

function alertIn(process: HaltwatchProcess, state: ShownAlert["state"]): Promise<ShownAlert> {
  return process.until(`the alert is ${state}`, async () =>
    (await process.alerts()).find((alert) => alert.state === state),
  );
}

/** Seconds at which this series has samples, and their values. */
async function history(process: HaltwatchProcess, selector: string): Promise<(readonly [number, string])[]> {
  const series = await process.samples(`${selector}[5m]`);
  return series.flatMap(({ values }) => values);
}

test("F5 killed in the middle of a `for`, the alert fires when it would have, and ALERTS_FOR_STATE goes on", {
  timeout: 10 * PATIENCE_MS,
}, async () => {
  // A busy machine takes its time to start it again; that must not be all the time that is left.
  const forS = Math.max(FOR_S, Math.ceil((6 * (await startTookMs())) / 1000));
  const patienceMs = forS * 1000 + PATIENCE_MS;
  await using haltwatch = haltwatchOf(forS);
  const before = await haltwatch.start();
  const pending = await alertIn(before, "pending");
  const activeMs = Date.parse(pending.activeAt);
  const dueMs = activeMs + forS * 1000;
  const halfMs = activeMs + (forS * 1000) / 2;
  await before.until("half of it is over", async () => (Date.now() > halfMs ? true : undefined), patienceMs);

  await before.end("SIGKILL");
  const killedMs = Date.now();
  const after = await haltwatch.start();
  const restored = await alertIn(after, "pending");
  await after.until("it fires", async () => ((await firing(after)).length >= 2 ? true : undefined), patienceMs);
  const states = await after.until(
    "its state is written on",
    async () => {
      const found = await history(after, "ALERTS_FOR_STATE");
      return found.some(([second]) => second * 1000 > dueMs) ? found : undefined;
    },
    patienceMs,
  );

  // Each evaluation says what the alert was at its own time, however late people look: pending until it is due, firing from then on.
  const pendingMs = timesOf(await history(after, 'ALERTS{alertstate="pending"}'));
  const firingMs = timesOf(await firing(after));
  expect(pendingMs.some((timeMs) => timeMs > killedMs)).toBe(true);
  expect(Math.max(...pendingMs)).toBeLessThan(dueMs);
  expect(Math.min(...firingMs)).toBeGreaterThanOrEqual(dueMs);
  expect(secondOf(restored)).toBe(secondOf(pending));
  expect(new Set(states.map(([, value]) => value))).toEqual(new Set([String(secondOf(pending))]));
  expect(states.some(([second]) => second * 1000 < halfMs)).toBe(true);
  process.stdout.write(`fires with the evaluation ${Math.min(...firingMs) - dueMs} ms after its time\n`);
});

test("F5 killed while it is pending and started again when its time is over, it fires with the first evaluation", async () => {
  await using haltwatch = haltwatchOf(3);
  const before = await haltwatch.start();
  const pending = await alertIn(before, "pending");
  // Its state is in the file a second later at most.
  await before.until("it is written", async () => (await history(before, "ALERTS_FOR_STATE")).length >= 2 || undefined);
  await before.end("SIGKILL");
  const activeMs = Date.parse(pending.activeAt);
  await elapsed(activeMs + 3000 + INTERVAL_MS);

  const after = await haltwatch.start();
  const [first] = await after.until("it is there", async () => {
    const alerts = await after.alerts();
    return alerts.length > 0 ? alerts : undefined;
  });

  expect(first?.state).toBe("firing");
  expect(first?.activeAt.slice(0, 19)).toBe(pending.activeAt.slice(0, 19));
});

test("F5 killed while it fires, it fires on: nothing is told as over, and it began when it began", async () => {
  await using haltwatch = haltwatchOf(2);
  const before = await haltwatch.start();
  const fired = await alertIn(before, "firing");
  await before.until(
    "it is written",
    async () => (await history(before, 'ALERTS{alertstate="firing"}')).length >= 2 || undefined,
  );

  await before.end("SIGKILL");
  const after = await haltwatch.start();
  const states: string[] = [];
  const startMs = Date.now();
  await after.until("five evaluations are over", async () => {
    for (const alert of await after.alerts()) states.push(`${alert.state} since ${secondOf(alert)}`);
    return Date.now() > startMs + 5 * INTERVAL_MS ? true : undefined;
  });

  expect(new Set(states)).toEqual(new Set([`firing since ${secondOf(fired)}`]));
  expect(after.logged("alert_resolved")).toEqual([]);
  const written = await history(after, 'ALERTS{alertstate="pending"}');
  expect(written.filter(([second]) => second * 1000 > startMs)).toEqual([]);
});

test("SIGTERM ends it within two seconds, with exit code 0, and nothing is lost", async () => {
  await using haltwatch = haltwatchOf(FOR_S);
  const before = await haltwatch.start();
  const pending = await alertIn(before, "pending");
  const written = await before.until("it is written", async () => (await history(before, "ALERTS_FOR_STATE")).at(-1));

  const begin = performance.now();
  const code = await before.end("SIGTERM");
  const tookMs = performance.now() - begin;

  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(2000);
  const after = await haltwatch.start();
  expect((await history(after, "ALERTS_FOR_STATE")).map(([second]) => second)).toContain(written[0]);
  expect(secondOf(await alertIn(after, "pending"))).toBe(secondOf(pending));
  process.stdout.write(`ended ${Math.round(tookMs)} ms after SIGTERM\n`);
});

test("a second process on the same file is refused with exit code 2 and one clear line; the first goes on", async () => {
  await using haltwatch = haltwatchOf(FOR_S);
  const first = await haltwatch.start();

  const second = haltwatch.spawn(await freePort());
  const code = await second.ended();

  expect(code).toBe(2);
  expect(second.stderr.trim().split("\n")).toHaveLength(1);
  expect(second.stderr).toContain("haltwatch.db");
  expect((await fetch(`${first.url}/-/healthy`)).status).toBe(200);
});

/** How long this machine takes now to start a Haltwatch, milliseconds. */
async function startTookMs(): Promise<number> {
  await using haltwatch = haltwatchOf(FOR_S);
  const begin = performance.now();
  await alertIn(await haltwatch.start(), "pending");
  return performance.now() - begin;
}

function firing(process: HaltwatchProcess): Promise<(readonly [number, string])[]> {
  return history(process, 'ALERTS{alertstate="firing"}');
}

function timesOf(samples: readonly (readonly [number, string])[]): number[] {
  return samples.map(([second]) => Math.round(second * 1000));
}

/** Unix seconds: what is written of an alert's beginning. */
function secondOf({ activeAt }: ShownAlert): number {
  return Math.floor(Date.parse(activeAt) / 1000);
}

async function elapsed(timeMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs - Date.now())));
}
