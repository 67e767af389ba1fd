/** `haltwatch export systemd DIR`: units for everything that runs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readServerConfig, systemdUnits } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";
import { thisProgram } from "../this-program.ts";

export interface ExportSystemdFlags {
  readonly config?: string;
  readonly env?: string;
}

export function exportSystemd(folder: string, { config: file, env: environment }: ExportSystemdFlags): void {
  const config = readServerConfig({ file, environment, env: process.env });
  const configFile = resolve(config.file ?? "haltwatch.toml");
  const units = systemdUnits(config, { command: thisProgram(), configFile });
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of units) writeFileSync(join(folder, name), text);
  } catch (error) {
    throw new CommandError(`${folder} cannot be written: ${String(error)}`, "Name a folder that may be written");
  }
  for (const { name } of units) process.stdout.write(`${join(folder, name)}\n`);
  process.stdout.write(`
Look at them, and then:
  sudo cp ${folder}/haltwatch.service /etc/systemd/system/ && sudo systemctl daemon-reload
  sudo systemctl enable --now haltwatch.service
haltwatch run keeps to [schedule] by itself: take the timers only where it does not run.
`);
}
