/**
 * What scraping many targets costs, beside a real Prometheus that scrapes the same exporters at the same time, both on one
 * processor that is theirs: processor time and memory.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { requiredPeer } from "../../conformance/peers.ts";
import { startPrometheusWithConfig } from "../../conformance/real-prometheus.ts";
import { rounded } from "../median.ts";
import { printTable } from "../table.ts";

const TARGETS = 100;
const SERIES = 1_000;
const INTERVAL = "5s";

/** How long both scrape, seconds. */
const SECONDS = Number(process.env["HALTWATCH_BENCH_SECONDS"] ?? 120);

/** Of the kernel's accounting (`getconf CLK_TCK`). */
const TICKS_A_SECOND = 100;

/** The processor that both scrapers have, and the exporters have not. */
const SCRAPERS_CPU = "1";
const EXPORTERS_CPU = "0";

interface Scraped {
  readonly up: number;
  readonly series: number;
  readonly samples: number;
}

export async function scrape(): Promise<object> {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  const exporters = onCpu(EXPORTERS_CPU, process.execPath, [
    pathOf("exporters-case.ts"),
    String(TARGETS),
    String(SERIES),
  ]);
  try {
    const targets = (await firstLine(exporters)).split(" ").map((port) => `127.0.0.1:${port}`);
    const config = configOf(targets);
    const configFile = join(dir, "prometheus.yml");
    writeFileSync(configFile, config);
    await using prometheus = await startPrometheusWithConfig(onCpuScript(dir, requiredPeer("prometheus")), config);
    const ours = onCpu(SCRAPERS_CPU, process.execPath, [await built(dir), configFile, join(dir, "bench.db")]);
    const [theirsBefore, oursBefore] = [cpuSeconds(prometheus.pid), cpuSeconds(ours.pid)];
    process.stderr.write(`scrape: ${TARGETS} targets of ${SERIES} series each ${INTERVAL} for ${SECONDS} s\n`);
    await sleep(SECONDS * 1000);
    const theirCpu = cpuSeconds(prometheus.pid) - theirsBefore;
    const ourCpu = cpuSeconds(ours.pid) - oursBefore;
    const [theirRss, ourRss] = [peakRssMb(prometheus.pid), peakRssMb(ours.pid)];
    const theirs = await prometheus.query(`count({__name__=~".+"})`);
    const output = outputOf(ours);
    ours.kill("SIGTERM");
    const { up, series, samples } = JSON.parse(await output) as Scraped; // the case is ours, and prints exactly that
    printTable(
      ["", "CPU s", "peak RSS MB", "series"],
      [
        ["Haltwatch", ourCpu.toFixed(2), ourRss.toFixed(1), String(series)],
        ["Prometheus", theirCpu.toFixed(2), theirRss.toFixed(1), String([...theirs.values()][0])],
      ],
    );
    return {
      cpu_ratio: rounded(theirCpu / ourCpu),
      rss_ratio: rounded(theirRss / ourRss),
      cpu_s: rounded(ourCpu),
      rss_mb: rounded(ourRss, 1),
      targets_up: up,
      samples,
      seconds: SECONDS,
    };
  } finally {
    exporters.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

function configOf(targets: readonly string[]): string {
  const list = targets.map((target) => `"${target}"`).join(", ");
  const job = `{ job_name: bots, static_configs: [{ targets: [${list}] }] }`;
  return `global: { scrape_interval: ${INTERVAL}, scrape_timeout: ${INTERVAL} }\nscrape_configs:\n  - ${job}\n`;
}

/** As users run it: one file of JavaScript. Taking types out of sources at each start costs 40 MB, which only we pay. */
async function built(dir: string): Promise<string> {
  const outfile = join(dir, "scraper-case.mjs");
  await build({
    entryPoints: [pathOf("scraper-case.ts")],
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

/** A program of its own that runs another one on the scrapers' processor. */
function onCpuScript(dir: string, binary: string): string {
  const script = join(dir, "on-cpu");
  writeFileSync(script, `#!/bin/sh\nexec taskset -c ${SCRAPERS_CPU} ${binary} "$@"\n`, { mode: 0o755 });
  return script;
}

function onCpu(cpu: string, command: string, args: readonly string[]): ChildProcess {
  return spawn("taskset", ["-c", cpu, command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("started with a pipe");
  const [chunk] = await once(child.stdout, "data");
  return String(chunk).trim();
}

async function outputOf(child: ChildProcess): Promise<string> {
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
