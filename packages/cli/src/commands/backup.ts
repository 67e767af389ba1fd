/** `haltwatch backup check`: the newest backup's age and size against their limits. Exit codes: 0 well, 1 not. */
import { backupJson, lookAtBackups, readServerConfig } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";

export interface BackupFlags {
  readonly config?: string;
  readonly env?: string;
  readonly json?: boolean;
}

export async function checkBackups({ config: file, env: environment, json }: BackupFlags): Promise<void> {
  const config = readServerConfig({ file, environment, env: process.env });
  if (config.backups.length === 0)
    throw new CommandError("no backups are named", "Write [[backups]] with name and path in haltwatch.toml");
  const results = (await lookAtBackups(config)).map(backupJson);
  if (json === true) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  else
    for (const { name, status, detail } of results)
      process.stdout.write(`${status === "ok" ? "ok " : "BAD"}  ${name}  ${detail}\n`);
  process.exitCode = results.every(({ status }) => status === "ok") ? 0 : 1;
}
