import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";

test("an info states facts as one series, and new facts replace the old", async () => {
  const registry = new Registry();
  const info = registry.info({ name: "bot_info", help: "h", labelNames: ["version", "commit"] });

  info.set({ version: "1", commit: "a" });
  info.set({ version: "2", commit: "b" });

  expect(await registry.metrics()).toBe(
    '# HELP bot_info h\n# TYPE bot_info gauge\nbot_info{version="2",commit="b"} 1\n',
  );
  expect(await registry.metrics("openmetrics")).toContain("# TYPE bot info\n");
  expect(() => registry.info({ name: "bot", help: "h", labelNames: ["x"] })).toThrow(/does not end in "_info"/);
});
