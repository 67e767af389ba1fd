/** `haltwatch status`, `pause`, `arm` and `journal`: what people do with the kill switch. They ask a running Haltwatch. */
import { userInfo } from "node:os";
import { askHaltwatch } from "../haltwatch-api.ts";
import { orchestratorLine, type ShownOrchestrator } from "./orchestrator-line.ts";

interface At {
  readonly url: string;
}

interface Pause {
  readonly epoch: number;
  readonly scope: string;
  readonly state: string;
  readonly reason: string;
  readonly by: string;
  readonly rule?: string;
  readonly time: string;
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

interface Target {
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

/** Prints what is paused and by whom, what fires and what does not answer; exit code 1 if there is any of it. */
export async function status({ url }: At): Promise<void> {
  const pauses = await askHaltwatch<readonly Pause[]>({ url, path: "/api/haltwatch/pauses" });
  const orchestrators = await askHaltwatch<readonly ShownOrchestrator[]>({ url, path: "/api/haltwatch/orchestrators" });
  const { alerts } = await askHaltwatch<{ alerts: readonly Alert[] }>({ url, path: "/api/v1/alerts" });
  const { activeTargets } = await askHaltwatch<{ activeTargets: readonly Target[] }>({ url, path: "/api/v1/targets" });
  const firing = alerts.filter(({ state }) => state === "firing");
  const down = activeTargets.filter(({ health }) => health === "down");
  const lines = [
    ...pauses.map(pauseLine),
    ...orchestrators.flatMap((one) => orchestratorLine(one) ?? []),
    ...firing.map(({ labels, annotations, activeAt }) => {
      const what = annotations["summary"] ?? JSON.stringify(labels);
      return `fires   ${labels["alertname"]}: ${what} (since ${activeAt})`;
    }),
    ...down.map(({ scrapeUrl, lastError }) => `down    ${scrapeUrl}: ${lastError}`),
  ];
  if (lines.length === 0) {
    process.stdout.write(`All is well: nothing is paused, nothing fires, ${activeTargets.length} targets answer.\n`);
    return;
  }
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = 1;
}

export interface PauseFlags extends At {
  readonly scope: string;
  readonly reason: string;
  readonly reduce?: true;
  readonly by?: string;
}

export async function pause({ url, scope, reason, reduce, by }: PauseFlags): Promise<void> {
  const state = reduce === true ? "REDUCING" : "HALTED";
  const body = { scope, reason, state, by: by ?? userInfo().username };
  const made = await askHaltwatch<Pause>({ url, path: "/api/haltwatch/pause", body });
  process.stdout.write(
    `${pauseLine(made)}\nIt stays so until somebody arms it: haltwatch arm --scope ${made.scope} --reason …\n`,
  );
}

export interface ArmFlags extends At {
  readonly scope: string;
  readonly reason: string;
  readonly force?: true;
  readonly by?: string;
}

export async function arm({ url, scope, reason, force = undefined, by }: ArmFlags): Promise<void> {
  const body = { scope, reason, force: force === true, by: by ?? userInfo().username };
  const done = await askHaltwatch<{ armed: readonly Pause[]; remaining: readonly Pause[] }>({
    url,
    path: "/api/haltwatch/arm",
    body,
  });
  const lines = [...done.armed.map(({ scope: armed, reason: why }) => `armed   ${armed} (it was: ${why})`)];
  if (done.remaining.length > 0) lines.push("still paused:", ...done.remaining.map(pauseLine));
  process.stdout.write(`${lines.join("\n")}\n`);
}

interface Entry {
  readonly seq: number;
  readonly timeMs: number;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
  readonly why: string;
}

export interface JournalFlags extends At {
  readonly kind?: string;
}

export async function showJournal({ url, kind }: JournalFlags): Promise<void> {
  for (const { seq, timeMs, kind: of, who, what, why } of await entries(url, kind)) {
    const time = new Date(timeMs).toISOString();
    process.stdout.write(
      `${String(seq).padStart(6)}  ${time}  ${of.padEnd(13)}  ${who}: ${what}${why === "" ? "" : `: ${why}`}\n`,
    );
  }
}

/** A line of JSON for each entry, with its hash. */
export async function exportJournal({ url, kind }: JournalFlags): Promise<void> {
  for (const entry of await entries(url, kind)) process.stdout.write(`${JSON.stringify(entry)}\n`);
}

interface Verdict {
  readonly entries: number;
  readonly head: { readonly hash: string };
  readonly fault?: { readonly message: string };
}

/** Exit code 1 if an entry was changed, removed, inserted or put elsewhere. */
export async function verifyJournal({ url }: At): Promise<void> {
  const { entries: count, head, fault } = await askHaltwatch<Verdict>({ url, path: "/api/haltwatch/journal/verify" });
  if (fault === undefined) {
    process.stdout.write(`The journal is as it was written: ${count} entries, the last one's hash ${head.hash}\n`);
    return;
  }
  process.stdout.write(
    `The journal is not as it was written: ${fault.message}. ${count} entries before it are good.\n`,
  );
  process.exitCode = 1;
}

function entries(url: string, kind: string | undefined): Promise<readonly Entry[]> {
  const query = kind === undefined ? "" : `?kind=${encodeURIComponent(kind)}`;
  return askHaltwatch({ url, path: `/api/haltwatch/journal${query}` });
}

function pauseLine({ state, scope, reason, by, rule, time }: Pause): string {
  return `${state === "HALTED" ? "halted " : "reduces"} ${scope}: ${reason} (by ${rule === undefined ? by : rule}, ${time})`;
}
