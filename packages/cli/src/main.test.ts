import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Rows A9 and A10: from the signal to the end of the process, milliseconds. */
const STOP_WITHIN_MS = 2000;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

function run(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", timeout: 20_000 });
}

/** Starts the program, and waits for a line of its output that matches. */
async function start(args: readonly string[], awaited: RegExp, options: { readonly detached?: boolean } = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  const ended = once(child, "close").then(([code]) => code as number | null); // "exit" gives the code
  let output = "";
  const match = await new Promise<RegExpExecArray>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = awaited.exec(output);
      if (found !== null) resolve(found);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void ended.then((code) => reject(new Error(`ended with ${code} before ${awaited}: ${output}`)));
  });
  return { child, ended, match, output: () => output };
}

test("A9 metrics-demo prints its address, makes orders, and ends cleanly after its duration", async () => {
  const demo = await start(
    ["metrics-demo", "--duration", "2.5", "--port", "0", "--seed", "7"],
    /(http:\/\/localhost:\d+)\/metrics/,
  );

  const text = await (await fetch(`${demo.match[1]}/metrics`)).text();

  expect(text).toMatch(/^orders_total\{venue="cex"\} 1$/m);
  expect(text).toMatch(/^opportunities_total 1$/m);
  expect(await demo.ended).toBe(0);
  expect(demo.output()).toMatch(/order 2 .*Done: 2 orders\./s);
});

test("A9 the default port is 9898", () => {
  expect(run("metrics-demo", "--help").stdout).toMatch(/\(default:\s+9898\)/);
});

test("A9 the same seed makes the same orders", async () => {
  const orders = (seed: string) =>
    run("metrics-demo", "--duration", "0.1", "--port", "0", "--seed", seed).stdout.match(/^order .*$/gm);

  expect(orders("7")).toEqual(orders("7"));
  expect(orders("7")).not.toEqual(orders("8"));
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "A10 %s ends the demo within two seconds, with exit code 0, nothing left listening",
  async (signal) => {
    const demo = await start(["metrics-demo", "--port", "0"], /(http:\/\/localhost:\d+)\/metrics/);
    const sent = performance.now();

    demo.child.kill(signal);

    expect(await demo.ended).toBe(0);
    expect(performance.now() - sent).toBeLessThan(STOP_WITHIN_MS);
    await expect(fetch(`${demo.match[1]}/metrics`)).rejects.toThrow();
  },
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "A10 %s ends the demo of the example bot within two seconds, with exit code 0",
  async (signal) => {
    const demo = await start(["demo", "--example", "--port", "0"], /Metrics: (http:\/\/localhost:\d+)\/metrics/, {
      detached: true,
    });
    const sent = performance.now();

    // Ctrl-C reaches the whole group, as in a terminal; a service manager's SIGTERM reaches the program alone.
    process.kill(signal === "SIGINT" ? -(demo.child.pid ?? 0) : (demo.child.pid ?? 0), signal);

    expect(await demo.ended).toBe(0);
    expect(performance.now() - sent).toBeLessThan(STOP_WITHIN_MS);
    expect(demo.output()).toContain("Done: ");
    await expect(fetch(`${demo.match[1]}/metrics`)).rejects.toThrow();
  },
);

test("F4 the example bot trades on a lease: a pause stops it, and an arm lets it go on", async () => {
  const demo = await start(
    ["demo", "--example", "--port", "0"],
    /Haltwatch +(http\S+)\/\n.*CONTROL_TOKEN=(\w+).* arm /s,
  );
  const [, url = "", token = ""] = demo.match;
  const control = (...args: string[]) =>
    spawnSync(process.execPath, [MAIN, ...args, "--scope", "all", "--reason", "to see it", "--url", url], {
      encoding: "utf8",
      env: { ...process.env, HALTWATCH_CONTROL_TOKEN: token },
    });

  expect(control("pause")).toMatchObject({ status: 0, stdout: expect.stringContaining("halted  all: to see it") });
  const restricted = /trading_restricted.*"state":"HALTED","reason":"to see it"/;
  await vi.waitFor(() => expect(demo.output()).toMatch(restricted), 10_000);
  expect(control("arm")).toMatchObject({ status: 0, stdout: expect.stringContaining("armed   all") });

  demo.child.kill("SIGTERM");
  expect(await demo.ended).toBe(0);
});

test("a port in use is one line that says what to do, and exit code 2", async () => {
  await using server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a TCP server

  const child = spawn(process.execPath, [MAIN, "metrics-demo", "--port", String(port)]);
  started.push(child);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = await once(child, "exit");

  expect(code).toBe(2);
  expect(errors.trimEnd().split("\n")).toHaveLength(1);
  expect(errors).toMatch(new RegExp(`^haltwatch: .*${port}.* in use`));
});

test.each([
  [["metrics-demo", "--duration", "0"], /above 0/],
  [["metrics-demo", "--duration", "soon"], /above 0/],
  [["metrics-demo", "--port", "70000"], /0 to 65535/],
  [["metrics-demo", "--seed", "-1"], /whole number/],
  [["metrics-dmo"], /Did you mean metrics-demo/],
  [["demo", "--replai", "x"], /unknown option '--replai'/],
  [["demo", "--speed", "11"], /0\.1 to 10/],
])("wrong use %j exits with 2 and says what is right", (args, message) => {
  const { status, stderr } = run(...args);

  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

test("help and the version are no mistakes", () => {
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("metrics-demo") });
  expect(run("--version")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
