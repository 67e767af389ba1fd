/** `haltwatch export systemd DIR`: units for everything that runs. */
import { join, resolve } from "node:path";
import { readServerConfig, systemdUnits, writeExport } from "@haltwatch/server";
import { thisProgram } from "../this-program.ts";

export interface ExportSystemdFlags {
  readonly config?: string;
  readonly env?: string;
  readonly force?: boolean;
}

/** @throws {HaltwatchError} if other units are there already, and `force` is not given */
export async function exportSystemd(
  folder: string,
  { config: file, env: environment, force = false }: ExportSystemdFlags,
): Promise<void> {
  const config = readServerConfig({ file, environment, env: process.env });
  const configFile = resolve(config.file ?? "haltwatch.toml");
  const units = systemdUnits(config, { command: thisProgram(), configFile });
  const files = units.map(({ name, text }) => ({ path: name, text }));
  const made = { files, secrets: [], dataFolders: [], warnings: [] };
  await writeExport(folder, made, { force, readSecret: undefined });
  for (const { path } of files) process.stdout.write(`${join(folder, path)}\n`);
  process.stdout.write(`
Look at them, and then:
  sudo cp ${folder}/haltwatch.service /etc/systemd/system/ && sudo systemctl daemon-reload
  sudo systemctl enable --now haltwatch.service
haltwatch run keeps to [schedule] by itself: take the timers only where it does not run.
`);
}
