/** Nobody who is scraped, and nobody who asks, keeps Haltwatch from watching the others. */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Labels, Store } from "@haltwatch/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiData, type HaltwatchProcess, RealHaltwatch } from "./real-haltwatch.ts";

/** Ten liars at once keep a busy machine from looking at each of them within the interval: that cuts it off as well. */
const LATE = /within 1 s/;

/** By path: what `/api/v1/targets` says of it, unless the scrape's time is over first: see {@link LATE}. */
const LIARS: Readonly<Record<string, RegExp>> = {
  "wrong-type": /text\/html/,
  endless: /larger|too large|bytes/,
  "ten-million": /larger|too large|bytes/,
  drip: LATE,
  garbage: /./,
  closes: /closed|aborted/,
  silent: LATE,
  "gzip-bomb": /larger|too large|bytes/,
  redirects: /redirects more than 10 times/,
  "half-good": /2/,
};

const MAX_MEMORY_BYTES = 1.5e9;

/** How long it is watched beside liars, seconds. */
const WATCH_S = 12;

let worker: Worker;
let address = "";

beforeAll(async () => {
  worker = new Worker(new URL("bad-target-server.ts", import.meta.url));
  const [port] = await once(worker, "message");
  address = `127.0.0.1:${port}`;
});
afterAll(() => worker.terminate());

function haltwatchOf(jobs: readonly string[]): RealHaltwatch {
  const config = {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: ["rules.yml"],
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      metrics_path: `/${job}`,
      static_configs: [{ targets: [address] }],
    })),
  };
  const rules = [{ record: "x:recorded", expr: 'x{job="good"}' }];
  return new RealHaltwatch({
    "haltwatch.toml": 'prometheus_config = "prometheus.yml"\n',
    "prometheus.yml": JSON.stringify(config),
    "rules.yml": JSON.stringify({ groups: [{ name: "good", rules }] }),
  });
}

/** The longest time between two samples of each of these series, seconds, from the first on until now. */
async function longestGap(process: HaltwatchProcess, selector: string): Promise<number> {
  const [series] = await process.samples(`${selector}[5m]`);
  const times = [...(series?.values ?? []).map(([second]) => second), Date.now() / 1000];
  return Math.max(...times.slice(1).map((second, i) => second - (times[i] ?? 0)));
}

test("targets that lie are cut off and reported; one beside them is scraped, and its rules evaluated, without a gap", async () => {
  await using haltwatch = haltwatchOf(["good", ...Object.keys(LIARS)]);
  const running = await haltwatch.start();
  await running.until("it has watched for a while", async () => {
    const [series] = await running.samples('up{job="good"}[5m]');
    const [first, last] = [series?.values[0]?.[0] ?? 0, series?.values.at(-1)?.[0] ?? 0];
    return last - first >= WATCH_S ? true : undefined;
  });

  const { activeTargets } = await apiData<{
    activeTargets: { scrapePool: string; health: string; lastError: string }[];
  }>(running.url, "/api/v1/targets");
  for (const [job, error] of Object.entries(LIARS)) {
    const target = activeTargets.find(({ scrapePool }) => scrapePool === job);
    expect(target?.health, job).toBe("down");
    if (!LATE.test(target?.lastError ?? "")) expect(target?.lastError, job).toMatch(error);
    const [up] = await running.samples(`up{job="${job}"}[5m]`);
    expect(new Set(up?.values.map(([, value]) => value)), job).toEqual(new Set(["0"]));
  }
  expect(await running.samples('{__name__=~"many|y|z"}[5m]')).toEqual([]);
  const gaps = [await longestGap(running, 'up{job="good"}'), await longestGap(running, "x:recorded")];
  process.stdout.write(`beside liars: gaps ${gaps.map((gap) => gap.toFixed(1))} s, ${megabytes(running)} MB\n`);
  const [good] = await running.samples('up{job="good"}[5m]');
  expect(new Set(good?.values.map(([, value]) => value))).toEqual(new Set(["1"]));
  for (const gap of gaps) expect(gap).toBeLessThanOrEqual(2.1);
  expect(running.peakMemory()).toBeLessThan(MAX_MEMORY_BYTES);
});

/** Series and samples that the bombs go off in. */
const SERIES = 200;
const HOURS = 6;
const STEP_S = 10;

const BOMBS: readonly string[] = [
  `query?query=${"(".repeat(20_000)}x${")".repeat(20_000)}`,
  `query?query=${"-".repeat(50_000)}x`,
  `query?query=${"sum(".repeat(20_000)}x${")".repeat(20_000)}`,
  `query?query=${encodeURIComponent(`big${"+big".repeat(400)}`)}`,
  query("sum_over_time(big[6h])", 11_000),
  query("stddev_over_time(big[6h])", 11_000),
  query("quantile_over_time(0.9, big[6h])", 11_000),
  query("sum by (number) (rate(big[1h]))", 11_000),
  query("topk(100, big * on (number) big)", 11_000),
  query("big", 11_000_000),
  `query?query=${encodeURIComponent("max_over_time(stddev_over_time(rate(big[10m])[6h:1s])[6h:1s])")}`,
  `query?query=${encodeURIComponent("sum(sum_over_time(sum_over_time(big[6h:10s])[6h:10s]))")}`,
  `query?query=${encodeURIComponent("max_over_time((sum by (number) (big))[6h:1s])")}`,
  `query?query=${encodeURIComponent('big{text=~"(a+)+b"}')}`,
  `query?query=${encodeURIComponent('big{text=~"(a*)*(a|a)*(a*)*b"}')}`,
  `query?query=${encodeURIComponent('big{text=~"((a{1,100}){1,100}){1,100}"}')}`,
  `query?query=${encodeURIComponent('label_replace(big, "z", "$1$1", "text", "(a+)+b")')}`,
];

/** Over six hours, in so many steps. */
function query(text: string, steps: number): string {
  const end = Math.floor(Date.now() / 1000);
  const start = end - HOURS * 3600;
  return `query_range?query=${encodeURIComponent(text)}&start=${start}&end=${end}&step=${(end - start) / steps}`;
}

function fillStore(path: string): void {
  using store = new Store({ path, commitIntervalMs: 0 });
  const appender = store.appender("big");
  const series = Array.from({ length: SERIES }, (_, i) =>
    store.series(Labels.from({ __name__: "big", number: String(i), text: `${"a".repeat(40)}${i}` })),
  );
  const endMs = Date.now() - 10_000;
  for (let timeMs = endMs - HOURS * 3_600_000; timeMs < endMs; timeMs += STEP_S * 1000) {
    appender.begin(timeMs);
    for (const [i, one] of series.entries()) appender.append(one, (timeMs % 1e7) * i);
    appender.commit();
  }
  store.commit();
}

test("50 query bombs at once are stopped by the limits; scrapes and rules go on, and memory stays bounded", async () => {
  await using haltwatch = haltwatchOf(["good"]);
  fillStore(join(haltwatch.folder, "haltwatch.db"));
  const running = await haltwatch.start();
  const isWatching = async (): Promise<true | undefined> => {
    const [series] = await running.samples("x:recorded[5m]");
    return (series?.values.length ?? 0) >= 3 ? true : undefined;
  };
  await running.until("it watches", isWatching);

  const begin = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const [path = "", form = ""] = (BOMBS[i % BOMBS.length] ?? "").split("?");
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      const response = await fetch(`${running.url}/api/v1/${path}`, { method: "POST", headers, body: form });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  const seconds = (performance.now() - begin) / 1000;

  const gaps = [await longestGap(running, 'up{job="good"}'), await longestGap(running, "x:recorded")];
  const counts = Object.entries(Object.groupBy(answers, String)).map(([status, all]) => `${all?.length} × ${status}`);
  process.stdout.write(
    `50 bombs: ${seconds.toFixed(1)} s, ${counts}, gaps ${gaps.map((gap) => gap.toFixed(1))} s, ${megabytes(running)} MB\n`,
  );
  for (const gap of gaps) expect(gap).toBeLessThanOrEqual(3);
  expect(seconds).toBeLessThan(20);
  expect(running.peakMemory()).toBeLessThan(MAX_MEMORY_BYTES);
  expect(answers.filter((status) => status >= 400).length).toBeGreaterThan(20);
  expect(await running.samples("x[10s]")).toHaveLength(1);
});

function megabytes(running: HaltwatchProcess): number {
  return Math.round(running.peakMemory() / 1e6);
}
