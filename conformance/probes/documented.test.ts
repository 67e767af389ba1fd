/** What the documentation of heartbeat and balances shows is what Haltwatch takes, and its commands are there. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { READ_METHODS } from "@haltwatch/probes";
import { readServerConfig } from "@haltwatch/server";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = join(ROOT, "packages/cli/src/main.ts");

const run = promisify(execFile);

function documented(name: string): string {
  return readFileSync(join(ROOT, "docs", name), "utf8");
}

test.each(["heartbeat.md", "balances.md"])("the settings in docs/%s are taken as they are", (name) => {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-"));
  try {
    const file = join(folder, "haltwatch.toml");
    const blocks = [...documented(name).matchAll(/^```toml\n(.*?)^```/gms)].map(([, text]) => text ?? "");
    writeFileSync(file, blocks.join("\n"));

    const { probes } = readServerConfig({ file, env: {} });

    expect(probes.heartbeat?.services.length ?? probes.balances?.wallets.length).toBeGreaterThanOrEqual(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(["heartbeat.md", "balances.md"])("the commands in docs/%s are there, with their options", async (name) => {
  const commands = [...documented(name).matchAll(/^\| `haltwatch ([a-z]+(?: [a-z]+)?)([^`]*)`/gm)];

  expect(commands.length).toBeGreaterThanOrEqual(2);
  for (const [, command = "", rest = ""] of commands) {
    const { stdout } = await run(process.execPath, [PROGRAM, ...command.split(" "), "--help"], { cwd: ROOT });
    for (const [option] of rest.matchAll(/--[a-z]+/g)) expect(stdout).toContain(option);
  }
});

test("the log's line in docs/heartbeat.md has the fields that a line has", () => {
  const [, line = ""] = /^```json\n(.*?)^```/ms.exec(documented("heartbeat.md")) ?? [];

  expect(JSON.parse(line)).toMatchObject({ every_ms: 30_000, services: { "sx-api": { status: "ok" } } });
  expect(READ_METHODS).not.toContain("eth_sendRawTransaction");
});
