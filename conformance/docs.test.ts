/** The documentation's commands and code do what it says. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

test("every command that README and docs show exists, with the options they show", { timeout: 120_000 }, async () => {
  const files = ["README.md", ...readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"))];
  const texts = files.map((name, index) => readFileSync(join(ROOT, index === 0 ? "" : "docs", name), "utf8"));
  const shown = texts.flatMap((text) => [...text.matchAll(/\bnpx haltwatch ([a-z][a-z-]*)([^`\n#|]*)/g)]);
  expect(shown.length).toBeGreaterThan(80);

  const helps = new Map<string, Promise<string>>();
  const help = (...words: string[]): Promise<string> => {
    const key = words.join(" ");
    const text =
      helps.get(key) ?? run(process.execPath, [MAIN, ...words, "--help"], { cwd: ROOT }).then((it) => it.stdout);
    helps.set(key, text);
    return text;
  };
  for (const [, command = "", rest = ""] of shown) {
    const own = await help(command);
    const sub = /^ ([a-z][a-z-]*)/.exec(rest)?.[1] ?? "";
    const text = sub !== "" && own.includes(`\n  ${sub}`) ? await help(command, sub) : own;
    for (const [option] of rest.matchAll(/--[\w-]+/g))
      expect(text, `npx haltwatch ${command}${rest}`).toContain(option);
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
