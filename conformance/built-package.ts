/** The packages as they are published. `npm test` builds it beforehand; a single test that is run alone builds it here. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The folder that is published. */
export function builtPackage(name: "bot" | "store" | "promql" = "bot"): string {
  const dist = join(ROOT, "packages", name, "dist");
  if (!existsSync(join(dist, "package.json"))) execFileSync(process.execPath, ["scripts/build.ts"], { cwd: ROOT });
  return dist;
}
