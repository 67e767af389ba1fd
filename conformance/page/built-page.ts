/** The page's files where Haltwatch looks for them, built if a source is newer. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("../../packages/web/", import.meta.url));

const DIST = join(WEB, "dist");

/** Test files run side by side: whoever builds puts the whole in place at once. */
export function buildPage(): void {
  const builtMs = existsSync(join(DIST, "index.html")) ? statSync(join(DIST, "index.html")).mtimeMs : 0;
  if (newestMs() < builtMs) return;
  const folder = mkdtempSync(join(WEB, "dist-"));
  try {
    const vite = join(dirname(createRequire(join(WEB, "package.json")).resolve("vite/package.json")), "bin/vite.js");
    execFileSync(process.execPath, [vite, "build", "--outDir", folder, "--logLevel", "error"], { cwd: WEB });
    const before = `${folder}-before`;
    if (existsSync(DIST)) renameSync(DIST, before);
    renameSync(folder, DIST);
    rmSync(before, { recursive: true, force: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function newestMs(): number {
  const sources = readdirSync(join(WEB, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
    .map(({ parentPath, name }) => join(parentPath, name));
  return Math.max(
    ...[...sources, join(WEB, "index.html"), join(WEB, "vite.config.ts")].map((path) => statSync(path).mtimeMs),
  );
}
