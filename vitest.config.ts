import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{packages,examples,bench,conformance,scripts}/**/*.test.ts"],
    exclude: ["**/dist/**", "**/node_modules/**"],
    // Real servers, browsers and child processes on shared machines: patience, not speed, is measured in bench/.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers than that make each other slow.
    maxWorkers: 2,
  },
});
