import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readServerConfig } from "./config/server-config.ts";
import { openLog } from "./open-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("D8 the log goes into files beside the settings, as JSON in UTC", async () => {
  const file = join(folder, "haltwatch.toml");
  writeFileSync(file, '[log]\nfile = "logs/haltwatch.log"\nmax_size = "1MB"\nkeep_days = 7\nkeep_size = "10MB"\n');
  const config = readServerConfig({ file, env: {} });

  const log = await openLog(config);
  log.warn("disk_low", { free: 1 });
  await log.close();

  expect(config.log).toMatchObject({ max_size: 2 ** 20, keep_days: 7, keep_size: 10 * 2 ** 20 });
  const [name = ""] = readdirSync(join(folder, "logs"));
  expect(name).toMatch(/^haltwatch-\d{4}-\d\d-\d\d\.log$/);
  expect(JSON.parse(readFileSync(join(folder, "logs", name), "utf8"))).toMatchObject({
    ...{ level: "warn", event: "disk_low", free: 1 },
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
});
