/** What npm runs after an installation, where what builds the page is not installed: `npm ci --omit=dev`. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

test("without vite an installation goes on, and says that the page is not built", () => {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-prepare-"));
  try {
    cpSync(join(ROOT, "scripts/prepare.mjs"), join(folder, "scripts/prepare.mjs"));
    cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
    mkdirSync(join(folder, "packages/web"), { recursive: true });
    writeFileSync(join(folder, "packages/web/package.json"), "{}");

    const { status, stderr } = spawnSync("npm", ["run", "-s", "prepare"], { cwd: folder, encoding: "utf8" });

    expect(stderr).toContain("The page is not built, for vite is not installed");
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
