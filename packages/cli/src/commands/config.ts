/** `haltwatch config explain|diff`: each value and where it is from, and what differs between two configurations. */
import { type ConfigValue, configValues, differences, readServerConfig, textsByKey } from "@haltwatch/server";
import { askHaltwatch } from "../haltwatch-api.ts";

export interface ExplainFlags {
  readonly config?: string;
  readonly env?: string;
  readonly json?: boolean;
}

/** @param prefix only keys that begin with it */
export function explainConfig(prefix: string | undefined, { config: file, env, json }: ExplainFlags): void {
  const config = readServerConfig({ file, env: process.env, environment: env });
  const values = configValues(config).filter(({ key }) => prefix === undefined || key.startsWith(prefix));
  if (json === true) {
    const shown = values.map(({ key, text, origin }) => ({ key, text, ...origin }));
    process.stdout.write(`${JSON.stringify({ hash: config.hash, values: shown }, undefined, 2)}\n`);
    return;
  }
  for (const line of linesOf(values)) process.stdout.write(`${line}\n`);
  process.stdout.write(`\nhash ${config.hash}\n`);
}

export interface DiffFlags {
  readonly url: string;
  readonly env?: string;
}

/** Exit code 1 if they differ. @param after without it `before` is compared with what is running */
export async function diffConfig(before: string, after: string | undefined, { url, env }: DiffFlags): Promise<void> {
  const textsOf = (file: string) => textsByKey(readServerConfig({ file, env: process.env, environment: env }));
  const found =
    after === undefined
      ? differences(await running(url), textsOf(before))
      : differences(textsOf(before), textsOf(after));
  for (const { key, before: was, after: is } of found)
    process.stdout.write(`${key}: ${was ?? "not set"} → ${is ?? "not set"}\n`);
  if (found.length === 0) process.stdout.write("They say the same.\n");
  else process.exitCode = 1;
}

async function running(url: string): Promise<ReadonlyMap<string, string>> {
  const { values } = await askHaltwatch<{ values: readonly Pick<ConfigValue, "key" | "text">[] }>({
    url,
    path: "/api/haltwatch/config",
  });
  return new Map(values.map(({ key, text }) => [key, text]));
}

function linesOf(values: readonly ConfigValue[]): string[] {
  const keyWidth = Math.max(0, ...values.map(({ key }) => key.length));
  const textWidth = Math.min(MAX_TEXT_WIDTH, Math.max(0, ...values.map(({ text }) => text.length)));
  return values.map(({ key, text, origin }) => `${key.padEnd(keyWidth)}  ${text.padEnd(textWidth)}  ${origin.where}`);
}

/** A longer value moves its source to the right. */
const MAX_TEXT_WIDTH = 40;
