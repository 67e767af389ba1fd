/** `haltwatch heartbeat …`: the services that are looked at every 30 s, and the proof that no beat is missing. */
import {
  type BeatVerdict,
  checkServices,
  openLog,
  readServerConfig,
  soakHeartbeat,
  startHeartbeatService,
  verifyBeatLog,
} from "@haltwatch/server";
import { CommandError } from "../command-error.ts";
import { printTable } from "../print-table.ts";
import { untilSignal } from "../until-signal.ts";

export interface ProbeFlags {
  readonly config?: string;
  readonly env?: string;
  readonly json?: boolean;
}

/** @returns once it has stopped */
export async function runHeartbeat({ config: file, env: environment }: ProbeFlags): Promise<void> {
  const config = readServerConfig({ file, environment, env: process.env });
  const log = await openLog(config);
  await using service = await startHeartbeatService({ config, env: process.env, log });
  const count = service.count === 1 ? "1 service" : `${service.count} services`;
  process.stdout.write(`Looking at ${count}. Ctrl-C ends it.\n\n`);
  process.stdout.write(`  metrics  ${service.metricsUrl}\n  log      ${service.logFile}\n\n`);
  await untilSignal();
}

export async function checkHeartbeat({ config: file, env: environment, json }: ProbeFlags): Promise<void> {
  const services = await checkServices(readServerConfig({ file, environment, env: process.env }), process.env);
  if (services === undefined) {
    throw new CommandError("no heartbeat is configured", 'Write [heartbeat] with presets = ["arbitrum"], or services');
  }
  if (json === true) process.stdout.write(`${JSON.stringify(services, undefined, 2)}\n`);
  else {
    printTable(
      ["service", "kind", "target", "status", "ms", ""],
      services.map(({ name, kind, target, status, latency_ms, detail }) => [
        ...[name, kind, target, status === "ok" ? "ok" : "DOWN", latency_ms === null ? "" : String(latency_ms)],
        detail ?? "",
      ]),
    );
  }
  process.exitCode = services.every(({ status }) => status === "ok") ? 0 : 1;
}

export interface VerifyFlags {
  /** Seconds. */
  readonly since: number;
  readonly json?: boolean;
}

export async function verifyHeartbeat(file: string, { since, json }: VerifyFlags): Promise<void> {
  const nowMs = Date.now();
  const verdict = await verifyBeatLog(file, nowMs - since * 1000, nowMs);
  tell(verdict, json);
}

export interface SoakFlags {
  readonly hours: number;
  /** Seconds. */
  readonly interval: number;
  readonly log: string;
}

export async function soak({ hours, interval, log }: SoakFlags): Promise<void> {
  const ending = new AbortController();
  const durationMs = hours * 3_600_000;
  process.stdout.write(`Beats each ${interval} s for ${hours} h, written to ${log}. Ctrl-C ends it early.\n`);
  void untilSignal().then(() => ending.abort());
  const verdict = await soakHeartbeat({
    ...{ durationMs, intervalMs: interval * 1000, path: log, signal: ending.signal },
    onBeat: (number) => {
      if (number % BEATS_PER_LINE === 0) process.stdout.write(`${new Date().toISOString()} ${number} beats\n`);
    },
  });
  tell(verdict, false);
}

/** Of a beat each 30 s, one line an hour. */
const BEATS_PER_LINE = 120;

function tell(verdict: BeatVerdict, json: boolean | undefined): void {
  const isGood = verdict.gapCount === 0 && verdict.doubled === 0;
  process.exitCode = isGood ? 0 : 1;
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ ok: isGood, ...shown(verdict) }, undefined, 2)}\n`);
    return;
  }
  const { beats, longestMs, shortestMs, gaps, gapCount, doubled, clockSteps, unreadable } = verdict;
  const between = `between two of them ${seconds(shortestMs)} to ${seconds(longestMs)}`;
  const lines = [
    `${beats} beats, ${between}`,
    `${gapCount === 0 ? "no gap" : gapCount === 1 ? "1 GAP" : `${gapCount} GAPS`}, ${doubled === 0 ? "none doubled" : `${doubled} DOUBLED`}`,
    ...gaps.map(
      ({ fromMs, toMs, ms, reason }) => `  ${iso(fromMs)} to ${iso(toMs)}: ${seconds(ms)}, ${REASONS[reason]}`,
    ),
    ...(gapCount > gaps.length ? [`  and ${gapCount - gaps.length} more`] : []),
    ...(clockSteps === 0 ? [] : [`the clock was set ${clockSteps} times`]),
    ...(unreadable === 0 ? [] : [`${unreadable} lines are no beats`]),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

const REASONS: Readonly<Record<BeatVerdict["gaps"][number]["reason"], string>> = {
  suspended: "the machine was suspended",
  stalled: "the process got no time",
  "not-running": "it did not run",
  "no-log": "the log has no beat",
  unknown: "nobody knows why",
};

function shown({ gaps, ...verdict }: BeatVerdict): object {
  const listed = gaps.map(({ fromMs, toMs, ms, reason }) => ({ from: iso(fromMs), to: iso(toMs), ms, reason }));
  return { ...verdict, gaps: listed };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
