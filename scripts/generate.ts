/**
 * Writes every generated file of the repository; with `--check`, writes nothing and fails where one has drifted.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { PACKS } from "@haltwatch/packs";
import { DASHBOARDS } from "@haltwatch/packs/dashboards";
import { composeExample } from "./generate/compose-example.ts";
import { metricsReference } from "./generate/metrics-reference.ts";
import { openApiDescription } from "./generate/openapi.ts";
import { packReference } from "./generate/pack-reference.ts";
import { requirementsTable } from "./generate/requirements.ts";

interface GeneratedFile {
  readonly path: string;
  readonly make: () => string;
}

const openApi = await openApiDescription();

const FILES: readonly GeneratedFile[] = [
  { path: "docs/metrics.md", make: metricsReference },
  { path: "docs/requirements.md", make: requirementsTable },
  { path: "docs/openapi.json", make: () => openApi },
  ...PACKS.map((pack) => ({ path: `docs/packs/${pack.name}.md`, make: () => packReference(pack) })),
  ...DASHBOARDS.map(({ path, json }) => ({ path: `packages/packs/${path}`, make: json })),
];

const checkOnly = process.argv.includes("--check");
// The example copies dashboards: it is made when those are as they should be.
const drifted = [...driftedOf(FILES), ...driftedOf(composeExample())];

if (checkOnly && drifted.length > 0) {
  for (const { path } of drifted)
    process.stderr.write(`${path} has drifted from what it is generated from. Run: npm run generate\n`);
  process.exitCode = 1;
}

/** Those that differ from what they are made of; they are written, unless it is only checked. */
function driftedOf(files: readonly GeneratedFile[]): GeneratedFile[] {
  return files.filter(({ path, make }) => {
    const wanted = make();
    if (current(path) === wanted) return false;
    if (!checkOnly) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, wanted);
      process.stdout.write(`wrote ${path}\n`);
    }
    return true;
  });
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // readFileSync throws these
    throw error;
  }
}
