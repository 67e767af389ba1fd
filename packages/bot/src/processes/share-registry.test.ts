import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const source = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** Runs a program that nobody started as a worker. */
async function runAlone(program: string): Promise<string> {
  const imports = `
    const { Registry } = await import(${source("../registry/registry.ts")});
    const { shareRegistry } = await import(${source("./share-registry.ts")});
    const registry = new Registry();
    registry.counter({ name: "orders_total", help: "Orders." }).inc(3);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", `${imports}\n${program}`]);
  return stdout;
}

test("in a process that nobody started as a worker, it gives the registry's own metrics and lets the process end", async () => {
  const stdout = await runAlone(`
    const shared = shareRegistry(registry);
    let text = "";
    for await (const chunk of shared.renderChunks("text")) text += chunk;
    await shared.flush();
    shared.stop();
    console.log(text === await registry.metrics(), process.listenerCount("exit"), process.getActiveResourcesInfo().includes("Timeout"));`);

  expect(stdout.trim()).toBe("true 0 false");
});

test("times that are none are refused, with what to write instead", async () => {
  const stdout = await runAlone(`
    for (const options of [{ intervalMs: 0 }, { timeoutMs: Infinity }, { intervalMs: NaN }]) {
      try { shareRegistry(registry, options); } catch (error) { console.log(error.code, error.key); }
    }`);

  expect(stdout.trim().split("\n")).toEqual(["BAD_TIME intervalMs", "BAD_TIME timeoutMs", "BAD_TIME intervalMs"]);
});
