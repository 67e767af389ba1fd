/** `haltwatch dashboard list|export|open|remove`: Grafana dashboards, those of packs and your own. */
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { PACKS } from "@haltwatch/packs";
import { type DashboardEntry, readDashboard } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";
import { askHaltwatch } from "../haltwatch-api.ts";

const PATH = "/api/haltwatch/dashboards";

export interface DashboardFlags {
  readonly url: string;
}

/** What the page of a running Haltwatch can show. */
export async function listDashboards({ url }: DashboardFlags): Promise<void> {
  const entries = await askHaltwatch<readonly DashboardEntry[]>({ url, path: PATH });
  if (entries.length === 0) process.stdout.write("none: enable a pack, or name files under [dashboards]\n");
  const width = Math.max(0, ...entries.map(({ uid }) => uid.length));
  for (const { uid, title, pack, source, error } of entries) {
    const from = pack === null ? source : `pack ${pack}`;
    process.stdout.write(`${uid.padEnd(width)}  ${title}  (${from})${error === undefined ? "" : `: ${error}`}\n`);
  }
}

export interface ExportFlags {
  readonly pack?: string;
}

/**
 * Copies dashboards of our packs, as Grafana takes them: each pack's to a folder of its own, those of one pack to the folder itself.
 *
 * @param folder made if it is not there
 * @throws {CommandError} if there is no such pack, or it has no dashboards
 */
export function exportDashboards(folder: string, { pack: name }: ExportFlags): void {
  const packs = PACKS.filter((pack) => name === undefined || pack.name === name);
  // Two packs may have files of the same name.
  const files = packs.flatMap((pack) =>
    pack.dashboards.map((file) => [file, name === undefined ? join(folder, pack.name) : folder] as const),
  );
  if (files.length === 0) {
    const known = PACKS.filter(({ dashboards }) => dashboards.length > 0).map((pack) => pack.name);
    throw new CommandError(`${name ?? "no pack"} has no dashboards`, `Packs with dashboards: ${known.join(", ")}`);
  }
  for (const [file, into] of files) {
    mkdirSync(into, { recursive: true });
    const target = join(into, basename(file));
    cpSync(file, target);
    process.stdout.write(`${target}\n`);
  }
}

/**
 * Gives a dashboard to a running Haltwatch, which keeps it, and says where it is shown.
 *
 * @throws {CommandError} if it is no dashboard, or Haltwatch does not take it
 */
export async function openDashboard(file: string, { url }: DashboardFlags): Promise<void> {
  const read = readDashboard(textOf(file));
  if (typeof read === "string")
    throw new CommandError(`${file}: ${read}`, "Give a dashboard that Grafana has exported");
  const { uid } = await askHaltwatch<{ uid: string }>({ url, path: PATH, body: { ...read.json, uid: read.uid } });
  process.stdout.write(`${new URL(`/#/dashboards/${encodeURIComponent(uid)}`, url)}\n`);
}

/** @throws {CommandError} if it is not one that was opened */
export async function removeDashboard(uid: string, { url }: DashboardFlags): Promise<void> {
  await askHaltwatch({ url, path: `${PATH}/${encodeURIComponent(uid)}`, method: "DELETE" });
  process.stdout.write(`${uid} is kept no longer\n`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${file} cannot be read: ${why}`, "Name a file that is there");
  }
}
