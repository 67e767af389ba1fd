/**
 * Writes every generated file of the repository; with `--check`, writes nothing and fails where one has drifted.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { PACKS } from "@haltwatch/packs";
import { metricsReference } from "./generate/metrics-reference.ts";
import { packReference } from "./generate/pack-reference.ts";
import { requirementsTable } from "./generate/requirements.ts";

interface GeneratedFile {
  readonly path: string;
  readonly make: () => string;
}

const FILES: readonly GeneratedFile[] = [
  { path: "docs/metrics.md", make: metricsReference },
  { path: "docs/requirements.md", make: requirementsTable },
  ...PACKS.map((pack) => ({ path: `docs/packs/${pack.name}.md`, make: () => packReference(pack) })),
];

const checkOnly = process.argv.includes("--check");
const drifted = FILES.filter(({ path, make }) => {
  const wanted = make();
  if (current(path) === wanted) return false;
  if (!checkOnly) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
    process.stdout.write(`wrote ${path}\n`);
  }
  return true;
});

if (checkOnly && drifted.length > 0) {
  for (const { path } of drifted)
    process.stderr.write(`${path} has drifted from what it is generated from. Run: npm run generate\n`);
  process.exitCode = 1;
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // readFileSync throws these
    throw error;
  }
}
