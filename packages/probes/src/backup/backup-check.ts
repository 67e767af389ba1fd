/** Whether there is a backup that is new and large enough (row D3). */
import { type Finding, type NamedFinding, unhealthy } from "../health/health-check.ts";
import { reasonOf } from "../health/health-report.ts";
import { type BackupFile, newestBackup } from "./newest-backup.ts";

export interface BackupPlace {
  readonly name: string;
  /** A folder of backups, or a pattern: `backup/*.db`. */
  readonly path: string;
}

export interface BackupLimits {
  /** An older one is told, seconds. */
  readonly ageMaxSeconds: number;
  /** A smaller one is told, bytes. */
  readonly bytesMin: number;
}

export interface BackupResult extends NamedFinding {
  /** The newest; `undefined` if there is none, or nobody could look. */
  readonly newest: BackupFile | undefined;
}

/** Never throws: what could not be looked at is unhealthy. */
export async function checkBackup(
  { name, path }: BackupPlace,
  { ageMaxSeconds, bytesMin }: BackupLimits,
  nowMs: number,
): Promise<BackupResult> {
  try {
    const newest = await newestBackup(path, nowMs);
    if (newest === undefined) return { name, newest, ...unhealthy(`there is no backup at ${path}`) };
    return { name, newest, ...findingOf(newest, { ageMaxSeconds, bytesMin }, nowMs) };
  } catch (error) {
    return { name, newest: undefined, ...unhealthy(reasonOf(error)) };
  }
}

function findingOf(
  { path, timeMs, sizeBytes }: BackupFile,
  { ageMaxSeconds, bytesMin }: BackupLimits,
  nowMs: number,
): Finding {
  const ageSeconds = Math.max(0, Math.round((nowMs - timeMs) / 1000));
  const faults = [
    ...(ageSeconds > ageMaxSeconds ? [`older than ${ageText(ageMaxSeconds)}`] : []),
    ...(sizeBytes < bytesMin ? [`smaller than ${bytesMin} bytes`] : []),
  ];
  const told = `${path}: ${ageText(ageSeconds)} old, ${sizeBytes} bytes`;
  return {
    status: faults.length === 0 ? "ok" : "unhealthy",
    detail: [told, ...faults].join(", "),
    ...{ value: ageSeconds, limit: ageMaxSeconds, unit: "seconds" },
  };
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
