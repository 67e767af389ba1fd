/** How a demo ends otherwise, and what it refuses to begin. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { haltwatch, isRunning, RealDemo, STOP_WITHIN_MS } from "./real-demo.ts";

test("A10 kill -9 leaves nothing: its bots notice, end by themselves, and tidy up", { timeout: 40_000 }, async () => {
  await using demo = await RealDemo.start("--pack", "betting");
  const { url, limitsFile } = demo;
  const children = await demo.children();
  expect(children.filter(isRunning)).toEqual(children);

  await demo.kill();

  const deadline = performance.now() + STOP_WITHIN_MS;
  while (children.some(isRunning) && performance.now() < deadline) await sleep(20); // others' processes, on a real clock
  expect(children.filter(isRunning)).toEqual([]);
  expect(existsSync(dirname(dirname(limitsFile)))).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
});

test("it switches a fault on when it was asked to, and ends by itself", { timeout: 40_000 }, async () => {
  const args = ["--pack", "scraper", "--duration", "2", "--fault", "vault-sealed@0.5", "--port", "0"];

  const { code, stdout, stderr } = await haltwatch(["demo", ...args]);

  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d scraper-1: fault vault-sealed ON: .* Expect VaultSealed$/m);
});

test.each([
  [["--pack", "bettin"], 'there is no pack "bettin". Perhaps betting is meant.'],
  [
    ["--fault", "sequencer-dwn@3"],
    'there is no fault "sequencer-dwn". Perhaps sequencer-down or sequencer-back is meant.',
  ],
  [["--pack", "betting", "--replay", "x.csv"], "--pack is of the packs' simulated bots"],
])("wrong use %j is one line with the nearest names, and exit code 2", async (args, message) => {
  const { code, stdout, stderr } = await haltwatch(["demo", "--port", "0", ...args]);

  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^haltwatch: [^\n]*\n$/);
  expect(stderr).toContain(message);
});

test("a port that is taken is one line, and leaves nothing", async () => {
  await using server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a TCP server

  const { code, stdout, stderr } = await haltwatch(["demo", "--port", String(port)]);

  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^haltwatch: [^\n]*${port}[^\n]* in use[^\n]*\n$`));
});
