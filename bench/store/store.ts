/**
 * What keeping samples costs, beside a real Prometheus that scrapes the same exporter at the same time: processor time, memory,
 * disk. Both fetch, parse and store; neither is asked anything. And a month of samples, with the clock run fast.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { requiredPeer } from "../../conformance/peers.ts";
import { startPrometheus } from "../../conformance/real-prometheus.ts";
import { inFreshProcess } from "../fresh-process.ts";
import { rounded } from "../median.ts";
import { printTable } from "../table.ts";

const SERIES = 5_000;

/** How long both scrape, seconds. */
const SECONDS = Number(process.env["HALTWATCH_BENCH_SECONDS"] ?? 240);

/** Of the kernel's accounting (`getconf CLK_TCK`). */
const TICKS_A_SECOND = 100;

interface Scraped {
  readonly samples: number;
  readonly usedBytes: number;
  readonly compactMs: number;
}

interface Month {
  readonly samples: number;
  readonly bytes: number;
  readonly rssMb: number;
}

export async function store(): Promise<object> {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  const exporter = startCase("exporter-case.ts", [String(SERIES)]);
  try {
    const port = await firstLine(exporter);
    await using prometheus = await startPrometheus(requiredPeer("prometheus"), `127.0.0.1:${port}`);
    const ours = startBuilt(await built("scraper-case.ts", dir), [port, join(dir, "bench.db")]);
    const [theirsBefore, oursBefore] = [cpuSeconds(prometheus.pid), cpuSeconds(ours.pid)];
    process.stderr.write(`store: ${SERIES} series each second for ${SECONDS} s\n`);
    await sleep(SECONDS * 1000);
    const theirCpu = cpuSeconds(prometheus.pid) - theirsBefore;
    const ourCpu = cpuSeconds(ours.pid) - oursBefore;
    const [theirRss, ourRss] = [peakRssMb(prometheus.pid), peakRssMb(ours.pid)];
    const [theirAnonymous, ourAnonymous] = [anonymousMb(prometheus.pid), anonymousMb(ours.pid)];
    ours.kill("SIGTERM");
    const scraped = JSON.parse(await lastOutput(ours)) as Scraped; // the case is ours, and prints exactly that
    const snapshot = await prometheus.snapshot();
    const theirBytes = sizeOf(snapshot);
    const theirCount = samplesIn(snapshot);
    const month = await inFreshProcess<Month>(
      new URL("month-case.ts", import.meta.url),
      ["500", "5", "30", join(dir, "month.db")],
      [],
      1_200_000,
    );
    const theirPerSample = theirBytes / theirCount;
    const ourPerSample = scraped.usedBytes / scraped.samples;
    printTable(
      ["", "CPU s", "peak RSS MB", "of it its own", "samples", "bytes", "bytes/sample"],
      [
        [
          "Haltwatch",
          ourCpu.toFixed(2),
          ourRss.toFixed(1),
          ourAnonymous.toFixed(1),
          String(scraped.samples),
          String(scraped.usedBytes),
          ourPerSample.toFixed(3),
        ],
        [
          "Prometheus",
          theirCpu.toFixed(2),
          theirRss.toFixed(1),
          theirAnonymous.toFixed(1),
          String(theirCount),
          String(theirBytes),
          theirPerSample.toFixed(3),
        ],
        [
          "30 days, 500 series, 5 s",
          "",
          month.rssMb.toFixed(1),
          "",
          String(month.samples),
          String(month.bytes),
          (month.bytes / month.samples).toFixed(3),
        ],
      ],
    );
    return {
      cpu_ratio: rounded(theirCpu / ourCpu),
      rss_ratio: rounded(theirRss / ourRss),
      disk_ratio: rounded(theirPerSample / ourPerSample),
      bytes_per_sample: rounded(ourPerSample, 3),
      rss_mb: rounded(ourRss, 1),
      anonymous_ratio: rounded(theirAnonymous / ourAnonymous),
      month_mb: rounded(month.bytes / 1e6, 1),
      month_bytes_per_sample: rounded(month.bytes / month.samples, 3),
      seconds: SECONDS,
    };
  } finally {
    exporter.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** As users run it: one file of JavaScript. Taking types out of sources at each start costs 40 MB, which only we pay. */
async function built(file: string, dir: string): Promise<string> {
  const outfile = join(dir, file.replace(".ts", ".mjs"));
  await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
    // What is bundled of CommonJS asks for what an ES module has not.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return outfile;
}

function startBuilt(file: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

function startCase(file: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return startBuilt(path, args);
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("started with a pipe");
  const [chunk] = await once(child.stdout, "data");
  return String(chunk).trim();
}

async function lastOutput(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, "close");
  return output;
}

function cpuSeconds(pid: number | undefined): number {
  // Fields 14 and 15 of proc(5); the name before them ends at the last parenthesis.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

function peakRssMb(pid: number | undefined): number {
  const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1]) / 1024;
}

/** What the blocks say of themselves. */
function samplesIn(snapshot: string): number {
  return readdirSync(snapshot)
    .map((block) => JSON.parse(readFileSync(join(snapshot, block, "meta.json"), "utf8")))
    .reduce((sum: number, meta: { stats: { numSamples: number } }) => sum + meta.stats.numSamples, 0);
}

/** Memory that is not pages of the program's file, which the system shares and may take back. */
function anonymousMb(pid: number | undefined): number {
  const match = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1]) / 1024;
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}
