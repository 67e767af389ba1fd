/**
 * Builds the publishable packages into their `dist/`: JavaScript, declarations that lead an editor to the sources beside
 * them, and a package.json for that folder, which is what is published (docs/adr/0004). What a package must not depend on is
 * bundled in, with its licence (docs/adr/0003). A build that fails leaves the last `dist/` as it was.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

interface PublishedPackage {
  readonly dir: string;
  readonly keywords: readonly string[];
  readonly bundled?: readonly Bundled[];
}

interface Bundled {
  /** The one file, without its ending, that imports what is bundled. */
  readonly file: string;
  readonly dependency: string;
  /** Which files of ours it imports. */
  readonly beside: readonly string[];
  /** It asks for Node's own modules by a `require` that a module does not have. */
  readonly needsRequire?: true;
}

const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Each after those that it imports. Private packages are not here: they are not published. */
const PACKAGES: readonly PublishedPackage[] = [
  {
    dir: "packages/bot",
    keywords: ["trading", "bot", "metrics", "prometheus", "openmetrics", "monitoring"],
    bundled: [
      { file: "config/toml", dependency: "smol-toml", beside: ["../errors.js"] },
      { file: "link/ws-socket", dependency: "ws", beside: ["./link-socket.js"], needsRequire: true },
    ],
  },
  { dir: "packages/store", keywords: ["time-series", "database", "tsdb", "metrics", "prometheus", "sqlite"] },
  { dir: "packages/promql", keywords: ["promql", "prometheus", "query", "parser", "metrics", "time-series"] },
];

for (const published of PACKAGES) {
  const staging = mkdtempSync("node_modules/.build-");
  try {
    await buildInto(staging, published);
    replace(join(published.dir, "dist"), staging);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function buildInto(out: string, published: PublishedPackage): Promise<void> {
  const { dir, bundled = [] } = published;
  const project = join(dir, "tsconfig.build.json");
  execFileSync("node_modules/.bin/tsc", ["-p", project, "--outDir", out], { stdio: "inherit" });
  for (const one of bundled) await bundleInto(out, dir, one);
  if (bundled.length > 0) {
    const licences = bundled.map(({ dependency }) => licenceOf(dir, dependency));
    writeFileSync(join(out, "THIRD-PARTY-LICENSES.txt"), licences.join("\n\n"));
  }
  shipSources(out, dir);
  writeFileSync(join(out, "package.json"), publishedManifest(published));
  cpSync("LICENSE", join(out, "LICENSE"));
  cpSync(join(dir, "README.md"), join(out, "README.md"));
}

async function bundleInto(out: string, dir: string, { file, beside, needsRequire }: Bundled): Promise<void> {
  const importer = join(out, `${file}.js`);
  await build({
    // From where its source is, so that its dependency is the one that the package has.
    stdin: { contents: readFileSync(importer, "utf8"), resolveDir: join(dir, "src", dirname(file)) },
    outfile: importer,
    allowOverwrite: true,
    bundle: true,
    // What is ours stays a file of its own: an error class bundled in would be another class than the one outside.
    external: [...beside],
    format: "esm",
    platform: "node",
    target: "node20",
    banner: { js: needsRequire === true ? REQUIRE : "" },
    logLevel: "warning",
  });
}

/** Copies the source of each declaration, and lets its map, by which an editor finds it, lead there. */
function shipSources(out: string, dir: string): void {
  for (const map of readdirSync(out, { recursive: true, encoding: "utf8" })) {
    if (!map.endsWith(".d.ts.map")) continue;
    const source = map.replace(/\.d\.ts\.map$/, ".ts");
    cpSync(join(dir, "src", source), join(out, "src", source));
    const content: unknown = JSON.parse(readFileSync(join(out, map), "utf8"));
    const sources = [relative(dirname(map), join("src", source)).replaceAll("\\", "/")];
    writeFileSync(join(out, map), JSON.stringify(Object.assign({}, content, { sources })));
  }
}

function publishedManifest({ dir, keywords, bundled = [] }: PublishedPackage): string {
  const source = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  const { name, version, description, license, engines, dependencies } = source;
  const entries = Object.entries<string>(source.exports).map(([path, file]) => {
    const built = file.replace("./src/", "./").replace(/\.ts$/, "");
    return [path, { types: `${built}.d.ts`, default: `${built}.js` }] as const;
  });
  const licences = bundled.length === 0 ? [] : ["THIRD-PARTY-LICENSES.txt"];
  const manifest = {
    ...{ name, version, description, keywords, license, type: "module", engines, sideEffects: false },
    exports: { ...Object.fromEntries(entries), "./package.json": "./package.json" },
    files: ["**/*.js", "**/*.d.ts", "**/*.d.ts.map", "src", ...licences],
    ...(dependencies === undefined ? {} : { dependencies }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function licenceOf(dir: string, dependency: string): string {
  let folder = dirname(createRequire(join(process.cwd(), dir, "package.json")).resolve(dependency));
  while (!existsSync(join(folder, "LICENSE"))) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${dependency} ${version}\n\n${readFileSync(join(folder, "LICENSE"), "utf8")}`;
}

function replace(folder: string, by: string): void {
  rmSync(folder, { recursive: true, force: true });
  chmodSync(by, 0o755); // a temporary folder is its owner's alone
  renameSync(by, folder);
}
