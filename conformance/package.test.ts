/** The packages that are published are what they say they are. That the bot's runs where it says it runs: runtimes.test.ts. */
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtPackage, ROOT } from "./built-package.ts";

/** Twice what they have now: against something that is shipped by accident. */
const PACKAGES = [
  { name: "bot", maxBytes: 400_000, licences: ["LICENSE", "THIRD-PARTY-LICENSES.txt"], imports: [] },
  { name: "store", maxBytes: 150_000, licences: ["LICENSE"], imports: ["re2js"] },
  {
    name: "promql",
    maxBytes: 250_000,
    licences: ["LICENSE"],
    imports: ["@haltwatch/store", "@haltwatch/store/labels"],
  },
] as const;

const run = promisify(execFile);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-package-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.each(PACKAGES)("@haltwatch/$name", ({ name, maxBytes, licences, imports }) => {
  let dist: string;
  let tarball: string;
  beforeAll(async () => {
    dist = builtPackage(name);
    const { stdout } = await run("npm", ["pack", dist, "--pack-destination", dir, "--json"], { cwd: dir });
    tarball = join(dir, JSON.parse(stdout)[0].filename);
  });

  function filesOf(ending: string): string[] {
    return readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(ending));
  }

  test("publint finds nothing, and the types are right for ESM", async () => {
    const publint = await run(join(ROOT, "node_modules/.bin/publint"), ["--strict", tarball]);
    const attw = await run(join(ROOT, "node_modules/.bin/attw"), [
      "--profile",
      "esm-only",
      "--format",
      "ascii",
      tarball,
    ]);

    expect(publint.stdout).toContain("All good!");
    expect(attw.stdout).toContain("node16 (from ESM): 🟢 (ESM)"); // and it would have ended with 1 for a problem
  });

  test("it is small, and holds what a user needs and no tests", async () => {
    const { stdout } = await run("tar", ["-tzf", tarball]);
    const files = stdout.trim().split("\n");
    const { size } = statSync(tarball);

    process.stdout.write(`@haltwatch/${name}: ${(size / 1000).toFixed(0)} kB packed, ${files.length} files\n`);
    expect(size).toBeLessThan(maxBytes);
    for (const file of [...licences, "README.md", "index.js", "index.d.ts"]) expect(files).toContain(`package/${file}`);
    expect(files.filter((file) => /\.test\.|\/testing\//.test(file))).toEqual([]);
  });

  test("it imports what it says it depends on, and nothing else", () => {
    const manifest = JSON.parse(readFileSync(join(dist, "package.json"), "utf8"));
    const specifiers = [...filesOf(".js"), ...filesOf(".d.ts")]
      .flatMap((file) => [
        ...readFileSync(join(dist, file), "utf8").matchAll(
          /^(?:import (?:[^;"]*? from )?|export [^;"=]*? from )"([^"]+)";/gm,
        ),
      ])
      .map(([, specifier]) => specifier ?? "")
      .filter((specifier) => !/^(\.|node:)/.test(specifier));

    expect([...new Set(specifiers)].sort()).toEqual(imports);
    const packages = new Set(
      imports.map((specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")),
    );
    expect(Object.keys(manifest.dependencies ?? {})).toEqual([...packages]);
    expect(manifest.scripts).toBeUndefined();
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
});

test("the bot's holds what its licence of others asks for", () => {
  expect(readFileSync(join(builtPackage(), "THIRD-PARTY-LICENSES.txt"), "utf8")).toContain("smol-toml");
});

test("a program that has only the published store and promql can ask what it stored", async () => {
  const modules = join(dir, "program/node_modules");
  mkdirSync(join(modules, "@haltwatch"), { recursive: true });
  for (const name of ["store", "promql"] as const) {
    cpSync(builtPackage(name), join(modules, "@haltwatch", name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules/re2js"), join(modules, "re2js"));
  const script = join(dir, "program/script.mjs");
  writeFileSync(
    script,
    `import { queryInstant } from "@haltwatch/promql";
     import { Labels, Store } from "@haltwatch/store";
     const store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => 60_000 });
     const series = store.series(Labels.from({ __name__: "orders_total" }));
     for (let second = 0; second <= 60; second += 10) store.append(series, second * 1000, second * 2);
     console.log(JSON.stringify(queryInstant(store, "rate(orders_total[1m])", 60_000).value.series[0].values[0]));`,
  );

  const { stdout } = await run(process.execPath, [script]);

  expect(Number(stdout)).toBeCloseTo(2);
});
