/** The log: JSON, a line for each event, UTC, on stderr. */
import { JsonLog } from "@haltwatch/bot";
import type { ServerConfig } from "./config/server-config.ts";

export function openLog({ log }: Pick<ServerConfig, "log">): Promise<JsonLog> {
  return JsonLog.open({ destination: "stderr", level: log.level });
}
