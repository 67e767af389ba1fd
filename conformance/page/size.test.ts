/** How much a browser has to load before Explore is opened: everything else, dashboards with all their panels among it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildPage } from "./built-page.ts";

const ASSETS = fileURLToPath(new URL("../../packages/web/dist/assets/", import.meta.url));

const MAX_BYTES = 150_000;

test("JavaScript of the page without Explore is at most 150 kB gzip", () => {
  buildPage();
  const sizes = readdirSync(ASSETS)
    .filter((name) => name.endsWith(".js") && !name.startsWith("explore-"))
    .map((name) => gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length);

  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  process.stdout.write(`${Math.round(bytes / 100) / 10} kB gzip in ${sizes.length} files\n`);
  expect(bytes).toBeLessThan(MAX_BYTES);
});
