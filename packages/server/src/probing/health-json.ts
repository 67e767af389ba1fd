/** A health report as programs read it: one JSON, times in UTC. */
import { hostname } from "node:os";
import type { BackupResult, HealthReport } from "@haltwatch/probes";

export interface HealthJson {
  readonly status: "ok" | "unhealthy";
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly host: string;
  readonly duration_ms: number;
  readonly checks: readonly {
    readonly kind: string;
    readonly name: string;
    readonly status: string;
    readonly value: number | null;
    readonly limit: number | null;
    readonly unit: string | null;
    readonly state: string | null;
    readonly detail: string;
    readonly duration_ms: number;
  }[];
}

export interface BackupJson {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly path: string | null;
  readonly time: string | null;
  readonly size_bytes: number | null;
}

export function healthJson({ status, timeMs, durationMs, checks }: HealthReport): HealthJson {
  return {
    ...{ status, time: new Date(timeMs).toISOString(), host: hostname(), duration_ms: Math.round(durationMs) },
    checks: checks.map((one) => ({
      ...{ kind: one.kind, name: one.name, status: one.status, detail: one.detail },
      ...{ value: one.value ?? null, limit: one.limit ?? null, unit: one.unit ?? null, state: one.state ?? null },
      duration_ms: Math.round(one.durationMs),
    })),
  };
}

export function backupJson({ name, status, detail, newest }: BackupResult): BackupJson {
  return {
    ...{ name, status, detail, path: newest?.path ?? null, size_bytes: newest?.sizeBytes ?? null },
    time: newest === undefined ? null : new Date(newest.timeMs).toISOString(),
  };
}
