/**
 * What npm runs after `npm ci`: builds the page, where what builds it is installed. `npm ci --omit=dev` does without: then the page
 * that was built before is served, or the plain one. JavaScript, for it runs on whatever Node installs.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const WITHOUT_VITE = `The page is not built, for vite is not installed: Haltwatch shows the plain one, or the one that is there already.
For the whole one: npm ci, and then npm prune --omit=dev
`;

if (hasVite()) {
  const { status } = spawnSync("npm run -s build:page", { stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
} else process.stderr.write(WITHOUT_VITE);

function hasVite() {
  try {
    createRequire(new URL("../packages/web/package.json", import.meta.url)).resolve("vite/package.json");
    return true;
  } catch {
    return false;
  }
}
