/**
 * What the page costs a browser: the code it loads, how soon it can be used, the script (processor time) of each refresh of 20 panels of 10 series
 * with 1,000 points, whether its heap grows, and what it does in a tab that nobody sees.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";
import { CHROMIUM, CHROMIUM_FLAGS } from "../../conformance/page/chromium.ts";
import { median, rounded } from "../median.ts";
import { printTable } from "../table.ts";
import { DASHBOARD_UID, PANELS, POINTS, SERIES_A_PANEL, WatchedSeries } from "./watched-series.ts";

/** For the heap, minutes; its slope wants some. */
const MINUTES = Number(process.env["HALTWATCH_BENCH_MINUTES"] ?? 3);

const LOADS = 5;

/** Before anything is counted, milliseconds: code is compiled, the first data are there. */
const WARM_UP_MS = 10_000;

const REFRESHES_MS = 30_000;
const HIDDEN_MS = 10_000;
const HEAP_EVERY_MS = 10_000;

/** All panels are in view: those that are not cost nothing. */
const VIEWPORT = { width: 1920, height: 1400 };

/** Pages that are opened before Explore. */
const PAGES = ["overview", "alerts", "dashboards", "journal", "heartbeat", "reports", "configuration", "targets"];

export async function page(): Promise<object> {
  await using watched = await WatchedSeries.start();
  const profile = mkdtempSync(join(tmpdir(), "haltwatch-bench-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [...CHROMIUM_FLAGS],
    viewport: VIEWPORT,
  });
  try {
    const interactive_ms = await interactive(context, watched.url);
    const gzip_kb = await codeSize(context, watched.url);
    const drawn = await drawing(context, watched.url);
    printTable(
      ["the page", "figure"],
      [
        ["code before Explore, kB gzip", gzip_kb.toFixed(1)],
        [`usable after, ms (median of ${LOADS})`, interactive_ms.toFixed(0)],
        [`script a refresh, ms (${PANELS} × ${SERIES_A_PANEL} × ${POINTS})`, drawn.script_ms.toFixed(1)],
        [`heap grows, MB a minute (over ${MINUTES} min)`, drawn.heap_slope_mb_per_min.toFixed(3)],
        [`hidden for ${HIDDEN_MS / 1000} s: requests`, String(drawn.hidden_requests)],
        [`hidden for ${HIDDEN_MS / 1000} s: script, ms`, drawn.hidden_script_ms.toFixed(1)],
      ],
    );
    return { gzip_kb: rounded(gzip_kb), interactive_ms: rounded(interactive_ms), ...drawn };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** From the address to the overview's content, with nothing of the page in the cache. */
async function interactive(context: BrowserContext, url: string): Promise<number> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load++) {
    const tab = await context.newPage();
    const devtools = await context.newCDPSession(tab);
    await devtools.send("Network.enable");
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    await tab.goto(`${url}/`, { waitUntil: "commit" });
    await tab.waitForSelector("main .hw-live, main .hw-empty");
    // The event loop is free: a click is answered.
    times.push(Number(await tab.evaluate("new Promise((done) => setTimeout(() => done(performance.now())))")));
    await tab.close();
  }
  return median(times);
}

/** Kilobytes of gzip: all scripts that were loaded. */
async function codeSize(context: BrowserContext, url: string): Promise<number> {
  const tab = await context.newPage();
  const scripts = new Map<string, Promise<Buffer>>();
  tab.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.set(response.url(), response.body());
  });
  await tab.goto(`${url}/`);
  for (const name of [...PAGES, `dashboards/${DASHBOARD_UID}`]) {
    await tab.evaluate(`location.hash = "#/${name}"`);
    await tab.waitForTimeout(1_000);
  }
  const bodies = await Promise.all(scripts.values());
  await tab.close();
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0) / 1_000;
}

interface Drawing {
  readonly script_ms: number;
  readonly refreshes: number;
  readonly heap_slope_mb_per_min: number;
  readonly hidden_requests: number;
  readonly hidden_script_ms: number;
}

async function drawing(context: BrowserContext, url: string): Promise<Drawing> {
  const tab = await context.newPage();
  const devtools = await context.newCDPSession(tab);
  // By the time that the thread had a processor: a busy machine is no slow page.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  let requests = 0;
  tab.on("request", (request) => {
    if (request.url().includes("/api/v1/query")) requests++;
  });
  await tab.goto(`${url}/#/dashboards/${DASHBOARD_UID}?from=now-${POINTS}s&to=now&refresh=1s`);
  await tab.waitForTimeout(WARM_UP_MS);

  const before = { script: await metric(devtools, "ScriptDuration"), requests };
  await tab.waitForTimeout(REFRESHES_MS);
  const refreshes = (requests - before.requests) / PANELS;
  const script_ms = (1_000 * ((await metric(devtools, "ScriptDuration")) - before.script)) / refreshes;

  const heap_slope_mb_per_min = await heapSlope(tab, devtools);

  await setVisibility(tab, "hidden");
  await tab.waitForTimeout(2_000); // what was under way is over
  const seen = { script: await metric(devtools, "ScriptDuration"), requests };
  await tab.waitForTimeout(HIDDEN_MS);
  const hidden_script_ms = 1_000 * ((await metric(devtools, "ScriptDuration")) - seen.script);
  const hidden_requests = requests - seen.requests;
  await tab.close();
  return {
    script_ms: rounded(script_ms),
    refreshes: rounded(refreshes),
    heap_slope_mb_per_min: Math.round(heap_slope_mb_per_min * 1_000) / 1_000,
    hidden_requests,
    hidden_script_ms: rounded(hidden_script_ms),
  };
}

/** Least squares through the heap's size after a collection, megabytes a minute. */
async function heapSlope(tab: Page, devtools: CDPSession): Promise<number> {
  const points: { readonly minutes: number; readonly mb: number }[] = [];
  const startMs = performance.now();
  while (performance.now() - startMs < MINUTES * 60_000) {
    await tab.waitForTimeout(HEAP_EVERY_MS);
    await devtools.send("HeapProfiler.collectGarbage");
    points.push({
      minutes: (performance.now() - startMs) / 60_000,
      mb: (await metric(devtools, "JSHeapUsedSize")) / 1e6,
    });
  }
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanMinutes, meanMb] = [mean(({ minutes }) => minutes), mean(({ mb }) => mb)];
  const covariance = mean(({ minutes, mb }) => (minutes - meanMinutes) * (mb - meanMb));
  return covariance / mean(({ minutes }) => (minutes - meanMinutes) ** 2);
}

/** As the page sees it: a headless browser has no tabs that lie behind others. */
async function setVisibility(tab: Page, state: "hidden" | "visible"): Promise<void> {
  await tab.evaluate(`{
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => ${state === "hidden"} });
    document.dispatchEvent(new Event("visibilitychange"));
  }`);
}

async function metric(devtools: CDPSession, name: string): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
}
