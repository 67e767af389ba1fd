/** How this program is called, for those who start it again: systemd, cron. */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Whole paths of Node and of the program, links followed: a link of npx may be gone tomorrow. */
export function thisProgram(): readonly string[] {
  const main = import.meta.url.endsWith(".ts") ? "./main.ts" : "./main.js";
  return [realpathSync(process.execPath), fileURLToPath(new URL(main, import.meta.url))];
}
