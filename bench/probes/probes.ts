/** What looking at a hundred targets every 30 s costs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inFreshProcess } from "../fresh-process.ts";
import { median, rounded } from "../median.ts";
import { printTable } from "../table.ts";
import { startTargets, TARGETS } from "./targets.ts";

const RUNS = 3;

const BEATS = 5;

/** Between two beats here, so that it does not take all day; each costs the same. */
const INTERVAL_MS = 6_000;

/** Between two beats in real life. */
const REAL_INTERVAL_MS = 30_000;

interface CaseResult {
  readonly cpuMsPerBeat: number;
  readonly down: number;
}

export async function probes(): Promise<object> {
  await using targets = await startTargets();
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  const file = join(folder, "haltwatch.toml");
  writeFileSync(file, targets.toml(INTERVAL_MS));
  // Inherited by the process that looks.
  if (targets.caFile !== undefined) process.env["NODE_EXTRA_CA_CERTS"] = targets.caFile;
  try {
    const runs: CaseResult[] = [];
    for (let run = 0; run < RUNS; run++) {
      runs.push(await inFreshProcess<CaseResult>(new URL("heartbeat-case.ts", import.meta.url), [file, String(BEATS)]));
    }
    const cpuMs = median(runs.map(({ cpuMsPerBeat }) => cpuMsPerBeat));
    const percent = (100 * cpuMs) / REAL_INTERVAL_MS;
    const down = Math.max(...runs.map((run) => run.down));
    printTable(
      ["targets", "TLS", "processor time a beat, ms", "of a core, every 30 s", "not well"],
      [
        [
          String(TARGETS),
          targets.caFile === undefined ? "none" : "half",
          cpuMs.toFixed(1),
          `${percent.toFixed(2)} %`,
          String(down),
        ],
      ],
    );
    return { cpu_percent: rounded(percent), cpu_ms_per_beat: rounded(cpuMs), targets: TARGETS, down };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
