/** `haltwatch health`: looks at the machine and at what bots depend on, once. Exit codes: 0 well, 1 unhealthy. */
import { type HealthJson, healthJson, lookAtHealth, readServerConfig } from "@haltwatch/server";

export interface HealthFlags {
  readonly config?: string;
  readonly env?: string;
  readonly json?: boolean;
}

export async function health({ config: file, env: environment, json }: HealthFlags): Promise<void> {
  const config = readServerConfig({ file, environment, env: process.env });
  const report = healthJson(await lookAtHealth(config, process.env));
  process.stdout.write(json === true ? `${JSON.stringify(report, undefined, 2)}\n` : healthTable(report));
  process.exitCode = report.status === "ok" ? 0 : 1;
}

/** A row for each check, and the whole in the first line. */
function healthTable({ status, time, host, checks }: HealthJson): string {
  const rows = checks.map((check) => [
    WORDS[check.status] ?? check.status,
    check.name === "" ? check.kind : `${check.kind} ${check.name}`,
    check.limit === null ? "" : `limit ${check.limit} ${check.unit === "percent" ? "%" : (check.unit ?? "")}`.trimEnd(),
    check.detail,
  ]);
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const count = checks.filter((one) => one.status === "unhealthy").length;
  const whole = status === "ok" ? "well" : `UNHEALTHY (${count} of ${checks.length})`;
  return `${host} is ${whole} at ${time}\n\n${lines.join("\n")}\n`;
}

const WORDS: Readonly<Record<string, string>> = { ok: "ok", unhealthy: "BAD", unavailable: "n/a" };
