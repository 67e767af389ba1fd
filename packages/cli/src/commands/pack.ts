/** `haltwatch pack list|show|enable|new|check`: what Haltwatch knows of each kind of bot, ours and a user's own. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PACKS, type Pack } from "@haltwatch/packs";
import { checkPack, enablePack, isPackFolder, packAlerts, packTemplate, readPackFolder } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";

export function listPacks(): void {
  const width = Math.max(...PACKS.map(({ name }) => name.length));
  for (const { name, description } of PACKS) process.stdout.write(`${name.padEnd(width)}  ${description}\n`);
}

export interface EnableFlags {
  readonly config: string;
}

/** @param name of a pack of ours, or a folder as seen from the settings' */
export function enablePackCommand(name: string, { config }: EnableFlags): void {
  const isNew = enablePack(config, name);
  process.stdout.write(isNew ? `${name} is enabled in ${config}\n` : `${name} was enabled in ${config} already\n`);
}

export interface NewFlags {
  readonly into: string;
}

/** @throws {CommandError} if the name cannot be one, or something of it is there already */
export function newPack(name: string, { into }: NewFlags): void {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name))
    throw new CommandError(`${JSON.stringify(name)} cannot be a pack's name`, "Write it like-this");
  if (PACKS.some((pack) => pack.name === name))
    throw new CommandError(`a pack of ours is named ${name}`, "Give yours another name");
  const folder = resolve(into, name);
  if (existsSync(folder)) throw new CommandError(`${folder} is there already`, "Remove it, or give another name");
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(packTemplate(name))) writeFileSync(join(folder, file), text);
  process.stdout.write(`wrote ${folder}

  npx haltwatch pack check ${join(into, name)}
  npx haltwatch pack enable ${into === "." ? `./${name}` : join(into, name)}
`);
}

/** Exit code 1 if something is wrong. @param name of a pack of ours, or a folder */
export function checkPackCommand(name: string): void {
  const pack = packOf(name);
  const faults = checkPack(pack);
  for (const fault of faults) process.stderr.write(`${pack.name}: ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
  else process.stdout.write(`${pack.name}: good. ${countsOf(pack)}\n`);
}

/** @param name of a pack of ours, or a folder */
export function showPack(name: string): void {
  const pack = packOf(name);
  const { description, folder, metrics, thresholds, faults, seriesBudget } = pack;
  const alerts = packAlerts(pack);
  const sections: (readonly [title: string, rows: readonly (readonly string[])[]])[] = [
    ["metrics", metrics.map((one) => [`${one.name}${labelText(one.labelNames ?? [])}`, one.type, one.help])],
    ["thresholds", thresholds.map((one) => [one.name, `${one.default} ${one.unit}`, one.help])],
    ["alerts", alerts.map((one) => [one.name, one.severity, one.action === "" ? "" : `${one.action} ${one.scope}`])],
    ["faults of its simulated bot", faults.map((one) => [one.name, one.alerts.join(", "), one.description])],
  ];
  const lines = [`${pack.name}: ${description}`, `${folder}, at most ${seriesBudget} series for each bot`];
  for (const [title, rows] of sections) {
    if (rows.length > 0) lines.push("", title, ...columns(rows).map((line) => `  ${line}`));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function packOf(name: string): Pack {
  if (isPackFolder(name) || existsSync(join(name, "pack.toml"))) return readPackFolder(name);
  const pack = PACKS.find((one) => one.name === name);
  if (pack !== undefined) return pack;
  throw new CommandError(`there is no pack ${name}`, `Ours are ${PACKS.map((one) => one.name).join(", ")}`);
}

function countsOf(pack: Pack): string {
  const { metrics, thresholds, faults } = pack;
  const alerts = packAlerts(pack).length;
  return `Metrics: ${metrics.length}, thresholds: ${thresholds.length}, alerts: ${alerts}, faults: ${faults.length}`;
}

function labelText(names: readonly string[]): string {
  return names.length === 0 ? "" : `{${names.join(",")}}`;
}

/** Each column as wide as its widest text. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
