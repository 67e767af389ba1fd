import { spawnSync } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Keyring } from "@haltwatch/server";
import { describe, expect, test } from "vitest";
import { deleteSecret, listSecrets, type SecretSurroundings, setSecret } from "./secret.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** A keyring in memory, and what is typed or piped. */
function around(input: SecretSurroundings["input"] = Readable.from([])) {
  const entries = new Map<string, string>();
  const keyring: Keyring = {
    get: async (name) => entries.get(name),
    getNow: (name) => entries.get(name),
    set: (name, secret) => void entries.set(name, secret),
    delete: (name) => entries.delete(name),
    list: () => [...entries.keys()].sort(),
  };
  const output = new PassThrough();
  return { entries, printed: () => String(output.read() ?? ""), given: { keyring, input, output } };
}

/** A terminal at which these lines are typed, one after the other. */
function typed(...lines: string[]): SecretSurroundings["input"] {
  return Object.assign(Readable.from(lines.map((line) => `${line}\n`)), { isTTY: true });
}

describe("haltwatch secret", () => {
  test("set takes it from the standard input, without the line's end", async () => {
    const { entries, given, printed } = around(Readable.from(["hunter2-", "hunter2\n"]));

    await setSecret("slack", given);

    expect(entries.get("slack")).toBe("hunter2-hunter2");
    expect(printed()).toMatch(/^Kept\. Write keyring:slack /);
  });

  test("set asks twice at a terminal, and shows nothing of it", async () => {
    const { entries, given, printed } = around(typed("hunter2-hunter2", "hunter2-hunter2"));

    await setSecret("slack", given);

    expect(entries.get("slack")).toBe("hunter2-hunter2");
    expect(printed()).not.toContain("hunter2");
  });

  test("set keeps nothing where the two differ, it is empty, or the name is none", async () => {
    const differ = around(typed("one", "two"));
    const empty = around(Readable.from(["\n"]));

    await expect(setSecret("slack", differ.given)).rejects.toThrow("not the same");
    await expect(setSecret("slack", empty.given)).rejects.toThrow("empty");
    await expect(setSecret("../x", empty.given)).rejects.toThrow("no name");

    expect([...differ.entries, ...empty.entries]).toEqual([]);
  });

  test("list prints names, and delete takes one out", () => {
    const { entries, given, printed } = around();
    entries.set("slack", "hunter2").set("mail", "hunter3");

    deleteSecret("mail", given);
    listSecrets(given);

    expect(printed()).toBe("Deleted: mail\nkeyring:slack\n");
    expect(() => deleteSecret("mail", given)).toThrow("has no mail");
  });

  test("a secret as an argument is refused, and not repeated", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [MAIN, "secret", "set", "slack", "hunter2-hunter2"],
      {
        encoding: "utf8",
        input: "",
      },
    );

    expect(status).toBe(2);
    expect(stdout + stderr).not.toContain("hunter2");
  });
});
