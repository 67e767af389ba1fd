/** The log: JSON, a line for each event, UTC; on stderr, or in files that are rotated, packed and not kept for ever (row D8). */
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { JsonLog } from "@haltwatch/bot";
import type { ServerConfig } from "./config/server-config.ts";

/** @throws {ConfigError} where its file's folder cannot be written */
export function openLog({ log, folder }: Pick<ServerConfig, "log" | "folder">, stream?: Writable): Promise<JsonLog> {
  const { level, file, max_size, keep_days, keep_size } = log;
  if (stream !== undefined) return JsonLog.open({ destination: { stream }, level });
  if (file === undefined) return JsonLog.open({ destination: "stderr", level });
  return JsonLog.open({
    destination: {
      file: resolve(folder, file),
      ...{ maxBytes: max_size, keepDays: keep_days, keepBytes: keep_size, packs: true },
    },
    level,
  });
}
