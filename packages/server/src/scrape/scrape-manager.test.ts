import { Store } from "@haltwatch/store";
import { expect, test } from "vitest";
import { scrapeConfig } from "./scrape-config.ts";
import { completeJob, type ScrapeJob } from "./scrape-job.ts";
import { ScrapeManager } from "./scrape-manager.ts";
import { MAX_SAMPLES } from "./target-samples.ts";
import { type Answer, REFUSED, SimulatedClock, START_MS, simulatedFetch } from "./testing/simulated.ts";

function jobOf(config: object): ScrapeJob {
  return completeJob(
    scrapeConfig.parse({ job_name: "j", scrape_interval: "10s", static_configs: [{ targets: ["t:1"] }], ...config }),
  );
}

/** A manager on a simulated clock and network, with what it stored as text: `1 2 stale 3`. */
function simulated(answer: (url: string, scrape: number) => Answer) {
  const clock = new SimulatedClock();
  let scrapes = 0;
  const { fetch, asked } = simulatedFetch(clock, (url) => answer(url, ++scrapes));
  const store = new Store({ path: ":memory:", now: () => clock.now(), commitIntervalMs: 0 });
  const warnings: string[] = [];
  const files = { list: async () => [], read: async () => "", watch: () => () => undefined };
  const manager = new ScrapeManager({ store, clock, fetch, files, onWarning: (w) => warnings.push(w) });
  const stored = (metric: string): Record<string, string> => {
    const found = store.select([{ name: "__name__", operator: "=", value: metric }], 0, Number.MAX_SAFE_INTEGER);
    return Object.fromEntries(
      found.map(({ labels, values, stale }) => [
        labels.dropName().toString(),
        [...values].map((value, index) => (stale?.[index] === 1 ? "stale" : String(value))).join(" "),
      ]),
    );
  };
  const [active] = [() => manager.targets().active[0]];
  return { clock, store, manager, asked, stored, warnings, active };
}

const T = '{instance="t:1", job="j"}';

test("targets are spread over the interval, and keep their place after a restart", async () => {
  const targets = Array.from({ length: 50 }, (_, i) => `t:${i}`);
  const places = async (startMs: number): Promise<Map<string, number>> => {
    const { clock, manager, asked } = simulated(() => "a 1\n");
    await clock.pass(startMs);
    await manager.apply([jobOf({ static_configs: [{ targets }] })]);
    await clock.pass(10_000);
    await manager.stop();
    return new Map(asked.map(({ url, atMs }) => [url, atMs % 10_000]));
  };

  const first = await places(0);
  const second = await places(3_333);

  expect(first.size).toBe(50);
  expect(new Set([...first.values()].map((ms) => Math.floor(ms / 1_000))).size).toBeGreaterThan(7);
  expect(second).toEqual(first);
});

test("scrapes keep their interval without drift, however long each takes", async () => {
  const { clock, manager, asked } = simulated(() => "a 1\n");
  await manager.apply([jobOf({})]);

  await clock.pass(100_000);
  await manager.stop();

  expect(asked.length).toBe(10);
  expect(new Set(asked.map(({ atMs }) => atMs % 10_000)).size).toBe(1);
});

test("a series that vanishes is stale; what is new is counted", async () => {
  const { clock, manager, stored } = simulated((_, n) => (n === 2 ? "a 1\n" : "a 1\nb 2\n"));
  await manager.apply([jobOf({})]);

  await clock.pass(40_000);
  await manager.stop();

  expect(stored("b")).toEqual({ [T]: "2 stale 2 2" });
  expect(stored("scrape_series_added")).toEqual({ [T]: "2 0 1 0" });
});

test("a failed scrape makes all stale, once, and what comes back is not new", async () => {
  const answers = ["a 1\n", REFUSED, REFUSED, "a 4\n", "a x\n", "a 6\n"];
  const { clock, manager, stored, active } = simulated((_, n) => answers[n - 1]);
  await manager.apply([jobOf({})]);

  await clock.pass(20_000);
  expect(active()).toMatchObject({ health: "down", lastError: "connect ECONNREFUSED. Start the target." });
  await clock.pass(30_000);
  expect(active()?.lastError).toMatch(/^1:3: "x" is no number/);
  await clock.pass(10_000);
  await manager.stop();

  expect(stored("a")).toEqual({ [T]: "1 stale 4 stale 6" });
  expect(stored("up")).toEqual({ [T]: "1 0 0 1 0 1" });
  expect(stored("scrape_series_added")).toEqual({ [T]: "1 0 0 0 0 0" });
});

test("a target that does not answer is given up after its timeout, and asked again in its place", async () => {
  const { clock, manager, asked, active } = simulated((_, n) => (n === 1 ? undefined : "a 1\n"));
  await manager.apply([jobOf({ scrape_timeout: "3s" })]);

  while (asked.length === 0) await clock.pass(500);
  await clock.pass(3_000);
  expect(active()?.lastError).toMatch(/^the target has not sent everything within 3 s\./);
  await clock.pass(10_000);
  await manager.stop();

  expect((asked[1]?.atMs ?? 0) - (asked[0]?.atMs ?? 0)).toBe(10_000);
  expect(clock.waiting).toBe(0);
});

test("samples with timestamps of their own keep them, and go stale only if the job wants it", async () => {
  const run = async (config: object): Promise<Record<string, string>> => {
    const { clock, manager, stored } = simulated((_, n) => (n > 1 ? "b 1\n" : `a 1 ${START_MS - 5_000}\nb 1\n`));
    await manager.apply([jobOf(config)]);
    await clock.pass(20_000);
    await manager.stop();
    return stored("a");
  };

  expect(await run({})).toEqual({ [T]: "1" });
  expect(await run({ track_timestamps_staleness: true })).toEqual({ [T]: "1 stale" });
  expect(await run({ honor_timestamps: false })).toEqual({ [T]: "1 stale" });
});

test("honor_labels decides whose label wins", async () => {
  const run = async (honor_labels: boolean): Promise<Record<string, string>> => {
    const { clock, manager, stored } = simulated(() => 'a{job="own",exported_job="x"} 1\n');
    await manager.apply([jobOf({ honor_labels })]);
    await clock.pass(10_000);
    await manager.stop();
    return stored("a");
  };

  expect(await run(true)).toEqual({ '{exported_job="x", instance="t:1", job="own"}': "1" });
  expect(await run(false)).toEqual({
    '{exported_exported_job="own", exported_job="x", instance="t:1", job="j"}': "1",
  });
});

test("over sample_limit nothing is kept, and what was there is stale", async () => {
  const { clock, manager, stored, active } = simulated((_, n) => (n === 2 ? "a 1\nb 2\nc 3\n" : "a 1\nz 1\n"));
  await manager.apply([jobOf({ sample_limit: 2 })]);

  await clock.pass(20_000);
  expect(active()?.lastError).toMatch(/^the target exposes 3 samples, of 2 allowed/);
  await clock.pass(10_000);
  await manager.stop();

  expect([stored("a"), stored("z"), stored("c")]).toEqual([{ [T]: "1 stale 1" }, { [T]: "1 stale 1" }, {}]);
  expect(stored("scrape_samples_scraped")).toEqual({ [T]: "2 3 2" });
});

test("a target with far too many series costs no memory and no other target", async () => {
  const lies = 'a{n="1"} 1\n'.repeat(MAX_SAMPLES + 1);
  const { clock, manager, stored, store } = simulated((url) => (url.startsWith("http://t:1/") ? lies : "a 1\n"));
  await manager.apply([jobOf({ static_configs: [{ targets: ["t:1", "t:2"] }] })]);

  await clock.pass(10_000);
  const [liar, honest] = manager.targets().active;
  await manager.stop();

  expect([liar?.health, honest?.health]).toEqual(["down", "up"]);
  expect(liar?.lastError).toMatch(/^the target exposes more than 100000 samples/);
  expect(stored("a")).toEqual({ '{instance="t:2", job="j"}': "1" });
  expect(store.stats().series).toBe(11);
});

test("label limits are checked after relabelling", async () => {
  const { clock, manager, active } = simulated(() => 'a{long="x"} 1\n');
  const drop = { regex: "long", action: "labeldrop" };
  await manager.apply([jobOf({ label_limit: 3, metric_relabel_configs: [drop] })]);
  await clock.pass(10_000);
  expect(active()?.health).toBe("up");

  await manager.apply([jobOf({ label_limit: 3 })]);
  await clock.pass(10_000);
  expect(active()?.lastError).toMatch(/^label_limit is exceeded by a: 4, of 3 allowed/);
  await manager.stop();
});

test("over target_limit no target is scraped", async () => {
  const { clock, manager, asked, stored, active } = simulated(() => "a 1\n");
  await manager.apply([jobOf({ target_limit: 1, static_configs: [{ targets: ["t:1", "t:2"] }] })]);

  await clock.pass(10_000);
  expect(active()?.lastError).toMatch(/has 2 targets, of 1 allowed/);
  await manager.stop();

  expect(asked).toEqual([]);
  expect(Object.values(stored("up"))).toEqual(["0", "0"]);
});

test("a target that goes away is stale a little more than an interval later; one that stays goes on", async () => {
  const { clock, manager, stored } = simulated(() => "a 1\n");
  const both = jobOf({ static_configs: [{ targets: ["t:1", "t:2"] }] });
  await manager.apply([both]);
  await clock.pass(20_000);

  await manager.apply([jobOf({})]);
  await clock.pass(22_000);
  await manager.stop();

  expect(stored("a")['{instance="t:2", job="j"}']).toBe("1 1 stale");
  expect(stored("up")['{instance="t:2", job="j"}']).toBe("1 1 stale");
  expect(stored("a")[T]).toMatch(/^1 1 1 1( 1)?$/);
  expect(clock.waiting).toBe(0);
});

test("a target whose job changes how its series are made leaves nothing of the former behind", async () => {
  const { clock, manager, stored } = simulated(() => 'a{x="1"} 1\n');
  await manager.apply([jobOf({})]);
  await clock.pass(20_000);

  await manager.apply([jobOf({ metric_relabel_configs: [{ regex: "x", action: "labeldrop" }] })]);
  await clock.pass(30_000);
  await manager.stop();

  expect(stored("a")).toEqual({ '{instance="t:1", job="j", x="1"}': "1 1 stale", [T]: "1 1 1" });
  expect(stored("up")).toEqual({ [T]: "1 1 1 1 1" });
});

test("stopping leaves nothing running and marks nothing", async () => {
  const { clock, manager, stored, asked } = simulated(() => "a 1\n");
  await manager.apply([jobOf({})]);
  await clock.pass(10_000);

  await manager.stop();
  await clock.pass(60_000);

  expect(clock.waiting).toBe(0);
  expect(asked.length).toBe(1);
  expect(stored("a")).toEqual({ [T]: "1" });
});

test("dropped targets are told of, bad ones warned of", async () => {
  const { manager, warnings } = simulated(() => "a 1\n");
  await manager.apply([
    jobOf({
      static_configs: [{ targets: ["t:1", "t:2", "http://t:3/metrics"] }],
      relabel_configs: [{ source_labels: ["__address__"], regex: "t:2", action: "drop" }],
    }),
  ]);

  const { active, dropped, droppedCounts } = manager.targets();
  await manager.stop();

  expect(active.map(({ scrapeUrl }) => scrapeUrl)).toEqual(["http://t:1/metrics"]);
  expect(dropped.map(({ discoveredLabels }) => discoveredLabels.get("__address__"))).toEqual(["t:2"]);
  expect(droppedCounts).toEqual({ j: 1 });
  expect(warnings[0]).toMatch(/is no host:port: the path goes to metrics_path/);
});
