/** The package that is published is what it says it is. That it runs where it says it runs: runtimes.test.ts. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtPackage, ROOT } from "./built-package.ts";

/** Twice what it has now: against something that is shipped by accident. */
const MAX_TARBALL_BYTES = 400_000;

const run = promisify(execFile);

let dir: string;
let dist: string;
let tarball: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-package-"));
  dist = builtPackage();
  await run("npm", ["pack", dist, "--pack-destination", dir], { cwd: dir });
  tarball = join(dir, readdirSync(dir).find((name) => name.endsWith(".tgz")) ?? "");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function filesOf(ending: string): string[] {
  return readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(ending));
}

test("publint finds nothing, and the types are right for ESM", async () => {
  const publint = await run(join(ROOT, "node_modules/.bin/publint"), ["--strict", tarball]);
  const attw = await run(join(ROOT, "node_modules/.bin/attw"), ["--profile", "esm-only", "--format", "ascii", tarball]);

  expect(publint.stdout).toContain("All good!");
  expect(attw.stdout).toContain("node16 (from ESM): 🟢 (ESM)"); // and it would have ended with 1 for a problem
});

test("it is small, and holds what a user needs and no tests", async () => {
  const { stdout } = await run("tar", ["-tzf", tarball]);
  const files = stdout.trim().split("\n");
  const { size } = statSync(tarball);

  process.stdout.write(`@haltwatch/bot: ${(size / 1000).toFixed(0)} kB packed, ${files.length} files\n`);
  expect(size).toBeLessThan(MAX_TARBALL_BYTES);
  for (const file of ["LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt", "index.js", "index.d.ts"])
    expect(files).toContain(`package/${file}`);
  expect(files.filter((file) => /\.test\.|\/testing\//.test(file))).toEqual([]);
});

test("it has no dependencies, and holds what its licence of others asks for", () => {
  const manifest = JSON.parse(readFileSync(join(dist, "package.json"), "utf8"));

  expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
  expect(readFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), "utf8")).toContain("smol-toml");
  const imports = [...filesOf(".js"), ...filesOf(".d.ts")]
    .flatMap((file) => [
      ...readFileSync(join(dist, file), "utf8").matchAll(
        /^(?:import (?:[^;"]*? from )?|export [^;"=]*? from )"([^"]+)";/gm,
      ),
    ])
    .map(([, specifier]) => specifier ?? "");
  expect(imports.length).toBeGreaterThan(0);
  expect(imports.filter((specifier) => !/^(\.|node:)/.test(specifier))).toEqual([]);
});

test("an editor that follows a declaration finds its source", () => {
  const maps = filesOf(".d.ts.map");

  expect(maps).toHaveLength(filesOf(".d.ts").length);
  for (const map of maps) {
    const { sources } = JSON.parse(readFileSync(join(dist, map), "utf8"));
    expect(sources).toHaveLength(1);
    expect(existsSync(join(dist, dirname(map), sources[0])), `${map}: ${sources[0]}`).toBe(true);
  }
});
