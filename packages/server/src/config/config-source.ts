/** Where a value of the configuration is from. */

/** From weakest to strongest; `pack` and `bot file` are the layers of thresholds alone. */
export type ConfigSource = "default" | "pack" | "bot file" | "file" | "environment" | "command line";

/** A value's source, as exactly as it is known. */
export interface Origin {
  readonly source: ConfigSource;
  /** For people: `config/exec.yml:3:1`, `HALTWATCH_WEB_LISTEN`, `--listen`, `the pack arbitrage`. */
  readonly where: string;
}

export const DEFAULT_ORIGIN: Origin = { source: "default", where: "default" };

/** `HALTWATCH_WEB_LISTEN` for `web.listen`. */
export function environmentName(key: string): string {
  return `HALTWATCH_${key.replaceAll(".", "_").toUpperCase()}`;
}
