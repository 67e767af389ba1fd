/** The package that is published is what it says it is, and runs where it says it runs. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PeerName, testWithPeer } from "./peers.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "packages/bot/dist");
const run = promisify(execFile);

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-package-"));
  if (!existsSync(join(DIST, "package.json"))) await run(process.execPath, ["scripts/build.ts"], { cwd: ROOT });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("publint finds nothing, and the types are right for ESM", async () => {
  await run("npm", ["pack", DIST, "--pack-destination", dir], { cwd: dir });
  const tarball = join(dir, readdirSync(dir).find((name) => name.endsWith(".tgz")) ?? "");

  const publint = await run(join(ROOT, "node_modules/.bin/publint"), ["--strict", tarball]);
  const attw = await run(join(ROOT, "node_modules/.bin/attw"), ["--profile", "esm-only", "--format", "ascii", tarball]);

  expect(publint.stdout).toContain("All good!");
  expect(attw.stdout).toContain("node16 (from ESM): 🟢 (ESM)"); // and it would have ended with 1 for a problem
});

test("it has no dependencies, and holds what its licence of others asks for", () => {
  const manifest = JSON.parse(readFileSync(join(DIST, "package.json"), "utf8"));

  expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
  expect(readFileSync(join(DIST, "THIRD-PARTY-LICENSES.txt"), "utf8")).toContain("smol-toml");
  const imports = readdirSync(DIST, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) => [
      ...readFileSync(join(DIST, file), "utf8").matchAll(
        /^(?:import (?:[^;"]*? from )?|export [^;"=]*? from )"([^"]+)";/gm,
      ),
    ])
    .map(([, specifier]) => specifier ?? "");
  expect(imports.filter((specifier) => !/^(\.|node:)/.test(specifier))).toEqual([]);
});

const RUNTIMES: readonly (readonly [PeerName, readonly string[]])[] = [
  ["node20", []],
  ["bun", ["run"]],
  ["deno", ["run", "--allow-all"]],
];

for (const [runtime, args] of RUNTIMES) {
  testWithPeer(
    runtime,
    `on ${runtime} it records, reads its configuration, serves, writes CSV and stops`,
    async (binary) => {
      const script = join(ROOT, "conformance/runtime-script.mjs");

      const { stdout } = await run(binary, [
        ...args,
        script,
        pathToFileURL(join(DIST, "index.js")).href,
        join(dir, runtime),
      ]);

      expect(JSON.parse(stdout)).toEqual({
        text: true,
        openmetrics: true,
        fetch: 200,
        gzip: true,
        csv: 1,
        stopped: true,
      });
    },
  );
}
