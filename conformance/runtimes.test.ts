/** The built package runs on every runtime that it names: recording, configuration, servers, CSV, and a clean stop. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtPackage, ROOT } from "./built-package.ts";
import { describeWithPeer, type PeerName } from "./peers.ts";

const run = promisify(execFile);

const RUNTIMES: readonly (readonly [PeerName, readonly string[]])[] = [
  ["node20", []],
  ["bun", ["run"]],
  ["deno", ["run", "--allow-all"]],
];

let dir: string;
let index: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-runtimes-"));
  index = pathToFileURL(join(builtPackage(), "index.js")).href;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

for (const [runtime, args] of RUNTIMES) {
  describeWithPeer(runtime, `on ${runtime}`, (binary) => {
    test("it records, reads its configuration, serves, writes CSV and stops", async () => {
      const script = join(ROOT, "conformance/runtime-script.mjs");

      const { stdout } = await run(binary, [...args, script, index, join(dir, runtime)]);

      expect(JSON.parse(stdout)).toEqual({
        text: true,
        openmetrics: true,
        fetch: 200,
        gzip: true,
        csv: 1,
        stopped: true,
      });
    });

    test("E2 the handler for the runtime's own web server gives large scrapes, and ends those whose client goes away", async () => {
      const script = join(ROOT, "conformance/runtime-web-server.mjs");

      const { stdout } = await run(binary, [...args, script, index]);

      expect(JSON.parse(stdout)).toEqual({ whole: true, head: [200, ""], post: 405, gone: true, after: 200 });
    });

    test("A10 on SIGTERM it stops and ends with code 0", async () => {
      const code = `const { exitOnSignal, startMonitoring } = await import(${JSON.stringify(index)});
        const monitoring = await startMonitoring({ prometheus_bind_addr: "127.0.0.1:0", log_level: "error" }, { env: {} });
        exitOnSignal(() => monitoring.stop());
        console.log(monitoring.url);`;
      const how = runtime === "deno" ? ["eval", code] : ["-e", code];
      const bot = spawn(binary, how, { stdio: ["ignore", "pipe", "inherit"] });
      try {
        const exit = once(bot, "exit");
        const url = (await createInterface({ input: bot.stdout })[Symbol.asyncIterator]().next()).value;
        expect((await fetch(url ?? "")).status).toBe(200);

        bot.kill("SIGTERM");

        expect(await exit).toEqual([0, null]);
      } finally {
        bot.kill("SIGKILL");
      }
    });
  });
}
