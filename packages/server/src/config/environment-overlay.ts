/** One configuration for each environment: `haltwatch.dev.toml` lies over `haltwatch.toml` where HALTWATCH_ENV, or --env, says dev. */
import { existsSync } from "node:fs";
import { ConfigError } from "@haltwatch/bot";
import type { TomlTable } from "@haltwatch/bot/config";

/**
 * @param file `haltwatch.toml`, wherever it is
 * @param environment `dev`; `undefined` or empty for none
 * @returns `haltwatch.dev.toml` beside it
 * @throws {ConfigError} if it is not there: a mistyped environment must not run with the limits of another
 */
export function overlayFile(file: string, environment: string | undefined): string | undefined {
  if (environment === undefined || environment === "") return undefined;
  const key = "HALTWATCH_ENV";
  if (!/^[A-Za-z0-9_-]+$/.test(environment)) {
    const hint = "Write letters, digits, - and _";
    throw new ConfigError("BAD_VALUE", `${JSON.stringify(environment)} names no environment`, { key, hint });
  }
  const overlay = `${file.replace(/\.toml$/, "")}.${environment}.toml`;
  if (existsSync(overlay)) return overlay;
  const hint = "Write what differs there into it, or name another environment";
  throw new ConfigError("NO_FILE", `the environment ${environment} has no file ${overlay}`, { key, hint });
}

/** Tables are joined key by key; anything else is what the stronger one says. */
export function overlaid(weaker: TomlTable, stronger: TomlTable): TomlTable {
  const joined: Record<string, unknown> = { ...weaker };
  for (const [key, value] of Object.entries(stronger)) {
    const below = joined[key];
    joined[key] = isTable(below) && isTable(value) ? overlaid(below, value) : value;
  }
  return joined;
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
