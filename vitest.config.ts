import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const PROCESSES = ["{conformance,examples,bench,scripts}/**/*.test.ts", "packages/cli/**/*.test.ts"];
/** What child processes compile is kept: most of the time that a command takes here is reading TypeScript. */
const COMPILED = fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url));

const NOWHERE = ["**/dist/**", "**/node_modules/**"];

export default defineConfig({
  test: {
    // Real servers, browsers and child processes on shared machines: patience, not speed, is measured in bench/.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers than that make each other slow.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "units", include: ["packages/**/*.test.ts"], exclude: [...NOWHERE, ...PROCESSES] },
      },
      {
        extends: true,
        // What a machine that stands still for a second breaks is tried again there; what is broken, breaks again.
        test: {
          name: "processes",
          include: PROCESSES,
          exclude: NOWHERE,
          retry: process.env["CI"] ? 2 : 0,
          env: { NODE_COMPILE_CACHE: COMPILED },
        },
      },
    ],
  },
});
