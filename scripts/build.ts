/**
 * Builds the publishable packages into their `dist/`: JavaScript, declarations, and a package.json for that folder, which is
 * what is published (docs/adr/0004). What a package must not depend on is bundled in, with its licence (docs/adr/0003).
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

interface PublishedPackage {
  readonly dir: string;
  /** The one file, without its ending, that imports what is bundled; what that is; and which files of ours it imports. */
  readonly bundled: { readonly file: string; readonly dependency: string; readonly beside: readonly string[] };
}

const PACKAGES: readonly PublishedPackage[] = [
  { dir: "packages/bot", bundled: { file: "config/toml", dependency: "smol-toml", beside: ["../errors.js"] } },
];

for (const { dir, bundled } of PACKAGES) {
  const dist = join(dir, "dist");
  rmSync(dist, { recursive: true, force: true });
  execFileSync("node_modules/.bin/tsc", ["-p", join(dir, "tsconfig.build.json")], { stdio: "inherit" });
  const importer = join(dist, `${bundled.file}.js`);
  await build({
    entryPoints: [importer],
    outfile: importer,
    allowOverwrite: true,
    bundle: true,
    // What is ours stays a file of its own: an error class bundled in would be another class than the one outside.
    external: [...bundled.beside],
    format: "esm",
    platform: "node",
    target: "node20",
  });
  writeFileSync(join(dist, "package.json"), publishedManifest(dir));
  writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), licenceOf(dir, bundled.dependency));
  cpSync("LICENSE", join(dist, "LICENSE"));
  cpSync(join(dir, "README.md"), join(dist, "README.md"));
}

function publishedManifest(dir: string): string {
  const { name, version, description, license, engines } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  const entry = { types: "./index.d.ts", default: "./index.js" };
  const keywords = ["trading", "bot", "metrics", "prometheus", "openmetrics", "monitoring"];
  const manifest = {
    ...{ name, version, description, keywords, license, type: "module", engines, sideEffects: false },
    exports: { ".": entry, "./package.json": "./package.json" },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function licenceOf(dir: string, dependency: string): string {
  let folder = dirname(createRequire(join(process.cwd(), dir, "package.json")).resolve(dependency));
  while (!existsSync(join(folder, "LICENSE"))) folder = dirname(folder);
  return `${dependency}\n\n${readFileSync(join(folder, "LICENSE"), "utf8")}`;
}
