import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";

const MODULE = new URL("./exit-on-signal.ts", import.meta.url).href;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process that does nothing but wait for its signal. @param body what it does with `exitOnSignal` */
async function waitingProcess(body: string) {
  const code = `
    import { exitOnSignal } from ${JSON.stringify(MODULE)};
    const say = (line) => process.stdout.write(line + "\\n");
    const never = new Promise(() => {});
    setInterval(() => {}, 1 << 30);
    ${body}
    say("ready");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said: string[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const until = async (line: string): Promise<void> => {
    while (said.at(-1) !== line) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`ended before it said "${line}": ${stderr}`);
      said.push(value);
    }
  };
  const closed = once(child, "close"); // after its output, as "exit" is not
  const ended = async () => {
    const [code, signal] = await closed;
    for await (const line of { [Symbol.asyncIterator]: () => lines }) said.push(line);
    return { code, signal, said, stderr };
  };
  await until("ready");
  return { child, until, ended };
}

test.each(["SIGINT", "SIGTERM"] as const)("A10 on %s it stops what runs, then ends with code 0", async (signal) => {
  const bot = await waitingProcess(
    `exitOnSignal(async () => { await new Promise((done) => setTimeout(done, 20)); say("stopped"); });`,
  );

  bot.child.kill(signal);

  expect(await bot.ended()).toEqual({ code: 0, signal: null, said: ["ready", "stopped"], stderr: "" });
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("A10 a second signal, %s, ends it at once with %i, and stop ran once", async (signal, code) => {
  const bot = await waitingProcess(`exitOnSignal(() => { say("stopping"); return never; });`);
  bot.child.kill("SIGTERM");
  await bot.until("stopping");

  bot.child.kill(signal);

  expect(await bot.ended()).toEqual({ code, signal: null, said: ["ready", "stopping"], stderr: "" });
});

test("A10 a stop that does not end is not waited for beyond two seconds: one line, code 0", async () => {
  const bot = await waitingProcess(`
    let signalledAt;
    process.on("SIGTERM", () => { signalledAt = performance.now(); });
    exitOnSignal(() => never);
    process.on("exit", () => say(performance.now() - signalledAt));`);

  bot.child.kill("SIGTERM");

  const { code, stderr, said } = await bot.ended();
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: "stopping took longer than 1800 ms: ended without waiting further\n",
  });
  expect(Number(said.at(-1))).toBeLessThan(2000);
});

test("A10 the time limit can be chosen", async () => {
  const bot = await waitingProcess("exitOnSignal(() => never, { timeoutMs: 50 });");

  bot.child.kill("SIGTERM");

  expect(await bot.ended()).toMatchObject({ code: 0, stderr: expect.stringContaining("longer than 50 ms") });
});

test.each([
  ["throws", `() => { throw new Error("no\\ndisk"); }`],
  ["rejects", `async () => { throw new Error("no\\ndisk"); }`],
])("a stop that %s is told in one line, and the code is 1", async (_how, stop) => {
  const bot = await waitingProcess(`exitOnSignal(${stop});`);

  bot.child.kill("SIGTERM");

  expect(await bot.ended()).toMatchObject({ code: 1, stderr: "no disk\n" });
});

test("once disposed of, signals do what they do without it", async () => {
  const bot = await waitingProcess(`exitOnSignal(() => say("stopped"))();`);

  bot.child.kill("SIGTERM");

  expect(await bot.ended()).toEqual({ code: null, signal: "SIGTERM", said: ["ready"], stderr: "" });
});
