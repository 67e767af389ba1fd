/** The documentation's commands and code do what it says. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAIN = join(ROOT, "packages/cli/src/main.ts");

const run = promisify(execFile);

/** Where the documentation's code is put to be checked: within the repository, so that imports are found. */
const CHECKED_CODE = join(ROOT, "conformance/.docs-code");

/** What a bot has around the lines that are shown. */
const AROUND = [
  { of: "- start", declared: "declare const start: number;" },
  {
    of: "exchange.cancelAll()",
    declared: `import type { PauseReport, Registry } from "@haltwatch/bot";
declare const token: string, registry: Registry, order: object;
declare const exchange: { cancelAll(): Promise<PauseReport>; buy(order: object): Promise<void> };`,
  },
] as const;

function blocks(file: string, language: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code ?? "");
}

test("the code in the READMEs is right, to its types", async () => {
  rmSync(CHECKED_CODE, { recursive: true, force: true });
  mkdirSync(CHECKED_CODE, { recursive: true });
  try {
    for (const file of [
      "README.md",
      "packages/bot/README.md",
      "packages/store/README.md",
      "packages/promql/README.md",
    ]) {
      for (const [index, code] of blocks(file, "ts").entries()) {
        const around = AROUND.filter(({ of }) => code.includes(of)).map(({ declared }) => declared);
        writeFileSync(
          join(CHECKED_CODE, `${file.replaceAll("/", "-")}-${index}.ts`),
          [...around, code, "export {};\n"].join("\n"),
        );
      }
    }
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: { noUnusedLocals: false },
      include: ["*.ts"],
      exclude: [],
    };
    writeFileSync(join(CHECKED_CODE, "tsconfig.json"), JSON.stringify(config));

    const { stdout } = await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", CHECKED_CODE]).catch((error) => error);

    expect(stdout).toBe("");
  } finally {
    rmSync(CHECKED_CODE, { recursive: true, force: true });
  }
});

test("every command that the README shows exists, with the options it shows", async () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const commands = [...readme.matchAll(/`npx haltwatch ([\w-]+)([^`]*)`/g)];

  expect(commands.length).toBeGreaterThanOrEqual(3);
  const helps = new Map<string, string>();
  const help = async (...words: string[]): Promise<string> => {
    const known = helps.get(words.join(" "));
    const text = known ?? (await run(process.execPath, [MAIN, ...words, "--help"], { cwd: ROOT })).stdout;
    helps.set(words.join(" "), text);
    return text;
  };
  for (const [, command = "", options = ""] of commands) {
    const [, sub = ""] = /^ ([a-z][a-z-]*)/.exec(options) ?? [];
    const own = await help(command);
    const shown = sub === "" || !own.includes(`\n  ${sub}`) ? own : await help(command, sub);
    for (const [option] of options.matchAll(/--[\w-]+/g)) expect(shown, command).toContain(option);
  }
});

test("npm run demo shows where to look, its bots trade, and it ends cleanly on Ctrl-C", async () => {
  const demo = spawn("npm", ["run", "-s", "demo", "--", "--port", "0"], { cwd: ROOT, detached: true });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    demo.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = /Page +(http\S+)\/#token=[\s\S]*What happens/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    demo.once("exit", (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });

  const page = await fetch(url);
  const orders = async () =>
    await (await fetch(`${url}/api/v1/query?query=${encodeURIComponent("sum(orders_total) > 0")}`)).text();
  while (!(await orders()).includes('"value"')) await sleep(100); // a real bot on a real clock; the test's own limit ends it
  process.kill(-(demo.pid ?? 0), "SIGINT"); // what Ctrl-C in a terminal does: the whole group
  await once(demo, "close");

  expect(page.ok).toBe(true);
  await expect(fetch(url)).rejects.toThrow();
}, 60_000);
