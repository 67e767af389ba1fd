import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { ConfigManager } from "./config-manager.ts";
import { readServerConfig, type ServerConfig } from "./server-config.ts";

let folder: string;
let file: string;
let clock: HandClock;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-manager-"));
  file = join(folder, "haltwatch.toml");
  clock = new HandClock(0);
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(level: string): void {
  writeFileSync(file, `[log]\nlevel = "${level}"\n`);
}

function managerOf(apply: (config: ServerConfig) => Promise<void> = async () => undefined): ConfigManager {
  const read = (): ServerConfig => readServerConfig({ file, env: {} });
  return new ConfigManager({
    config: read(),
    read,
    apply,
    onApplied: (config, before, cause) => told.push(`${cause}: ${before.log.level} to ${config.log.level}`),
    onRefused: (error, cause) => told.push(`${cause}: ${error instanceof Error ? error.message : error}`),
    clock,
  });
}

test("C6 what cannot be read, and what cannot be applied, leaves what was in force", async () => {
  write("info");
  using manager = managerOf(async ({ log }) => {
    if (log.level === "error") throw new Error("no rules");
  });

  write("loud");
  await expect(manager.reload()).rejects.toThrow(/level is debug, info, warn or error/);
  write("error");
  await expect(manager.reload()).rejects.toThrow("no rules");
  expect([manager.current.log.level, manager.isGood]).toEqual(["info", false]);

  write("warn");
  await manager.reload();

  expect([manager.current.log.level, manager.isGood]).toEqual(["warn", true]);
  expect(told).toEqual([expect.stringContaining("asked: log.level"), "asked: no rules", "asked: info to warn"]);
});

test("C6 of several that are asked for at once the last one read is in force", async () => {
  write("info");
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  using manager = managerOf(async ({ log }) => {
    order.push(`begin ${log.level}`);
    if (log.level === "warn") await promise;
    order.push(`end ${log.level}`);
  });

  write("warn");
  const first = manager.reload();
  await Promise.resolve();
  write("debug");
  const second = manager.reload();
  resolve();
  await Promise.all([first, second]);

  expect(order).toEqual(["begin warn", "end warn", "begin debug", "end debug"]);
  expect(manager.current.log.level).toBe("debug");
});

test("C6 a file that changes is read again, and not any more once it has stopped", async () => {
  write("info");
  const manager = managerOf();
  manager.watch();

  write("warn");
  clock.turn(1000);
  await manager.stop();
  write("debug");
  clock.turn(1000);

  expect(told).toEqual(["file changed: info to warn"]);
  expect(clock.waiting).toBe(0);
});
