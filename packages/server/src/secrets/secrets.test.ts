import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemKeyring } from "./keyring.ts";
import { SecretError } from "./secret-error.ts";
import { parseSecretReference, secretReference } from "./secret-reference.ts";
import { Secrets, type SecretsOptions } from "./secrets.ts";
import { PlainKeyring } from "./testing/plain-keyring.ts";

const SECRET = "hunter2-hunter2";

let folder: string;
let warnings: string[];
let keyring: PlainKeyring;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-secrets-"));
  warnings = [];
  keyring = new PlainKeyring();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function secrets(options: Partial<SecretsOptions> = {}): Secrets {
  return new Secrets({ env: {}, folder, keyring, onWarning: (warning) => warnings.push(warning), ...options });
}

function file(name: string, text: string, mode = 0o600): void {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
}

async function faultOf(reference: string, options: Partial<SecretsOptions> = {}): Promise<SecretError> {
  try {
    await secrets(options).read(reference, "the token");
  } catch (error) {
    if (error instanceof SecretError) return error;
    throw error;
  }
  throw new Error("it was read");
}

describe("a secret is read", () => {
  test("from the environment, a file beside the configuration, systemd's credentials, and the keyring", async () => {
    file("token", `${SECRET}\n`);
    keyring.entries.set("slack", SECRET);
    const all = secrets({ env: { TOKEN: SECRET, CREDENTIALS_DIRECTORY: folder } });

    for (const reference of [
      "env:TOKEN",
      "file:token",
      `file:${join(folder, "token")}`,
      "credential:token",
      "keyring:slack",
    ]) {
      expect(await all.read(reference, "it")).toBe(SECRET);
      expect(all.readNow(reference, "it")).toBe(SECRET);
    }
    expect(warnings).toEqual([]);
  });

  test("as it is now, not as it was at the start", async () => {
    const reader = secrets();
    file("token", "first-one");
    expect(await reader.read("file:token", "it")).toBe("first-one");

    file("token", "second-one");

    expect(await reader.read("file:token", "it")).toBe("second-one");
  });

  test("from a file that others may read with a warning, once", async () => {
    const reader = secrets();
    file("token", SECRET, 0o644);

    await reader.read("file:token", "it");
    await reader.read("file:token", "it");

    expect(warnings).toEqual([expect.stringMatching(/token holds a secret, and others .*\(0644\): chmod 600 /)]);
    expect(warnings.join()).not.toContain(SECRET);
  });
});

describe("a secret that is not there", () => {
  test.each([
    ["env:NONE", /environment variable NONE, which is not set/, /Set NONE/],
    ["env:EMPTY", /environment variable EMPTY, which is not set/, /Set EMPTY/],
    ["file:none", /none, which cannot be read/, /only Haltwatch's user/],
    ["file:empty", /empty, which is empty/, /only Haltwatch's user/],
    ["file:large", /large, which cannot be read/, /only Haltwatch's user/],
    ["file:.", /which cannot be read/, /only Haltwatch's user/],
    ["credential:token", /systemd gave none/, /LoadCredential=token:PATH/],
    ["keyring:none", /the keyring as none, where there is none/, /haltwatch secret set none/],
  ])("%s says where it should be and what to do", async (reference, message, hint) => {
    file("empty", "\n");
    file("large", SECRET.repeat(10_000));

    const error = await faultOf(reference, { env: { EMPTY: "" } });

    expect(error.code).toBe("SECRET_MISSING");
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(inspect(error)).not.toContain(SECRET);
  });

  test("says so where the machine has no keyring", async () => {
    const unavailable = new SecretError("KEYRING_UNAVAILABLE", "no keyring", { hint: "Use a file" });
    const none = {
      ...keyring,
      get: () => Promise.reject(unavailable),
      getNow: () => {
        throw unavailable;
      },
    };

    expect((await faultOf("keyring:slack", { keyring: none })).code).toBe("KEYRING_UNAVAILABLE");
    expect(() => secrets({ keyring: none }).readNow("keyring:slack", "it")).toThrow(unavailable);
  });

  test("is a typed error from the system's keyring, too, whether this machine has one or not", async () => {
    const name = `none-${process.pid}`;
    try {
      expect(await systemKeyring().get(name)).toBeUndefined();
    } catch (error) {
      expect(error).toMatchObject({ code: "KEYRING_UNAVAILABLE", hint: expect.stringContaining("file:PATH") });
    }
  });
});

describe("a reference", () => {
  test.each([
    "hunter2-hunter2",
    "env:",
    "env:A-B",
    "file:",
    "credential:../../etc/shadow",
    "credential:..",
    "keyring:a/b",
    "",
    "Env:A",
  ])("is not what %j is, and the text is not repeated", (text) => {
    expect(parseSecretReference(text)).toBeUndefined();
    const thrown = (): unknown => secretReference(text, "web.read_token");
    expect(thrown).toThrow(expect.objectContaining({ code: "LITERAL_SECRET", key: "web.read_token" }));
    if (text.length > 5) expect(thrown).not.toThrow(text);
  });
});

describe("no secret in what is shown", () => {
  test("C8 what was read is taken out, as it is and as it stands in addresses, JSON and Base64", async () => {
    const secret = 'a+b/c="d e';
    const reader = secrets({ env: { TOKEN: secret } });
    await reader.read("env:TOKEN", "it");

    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString("base64")];

    expect(reader.redact(forms.join(" "))).toBe('[secret] [secret] "[secret]" [secret]');
  });

  test("the longest goes first, and the short stay", async () => {
    const reader = secrets({ env: { A: "abcdef", B: "abcdefghi", C: "abc" } });
    for (const name of ["A", "B", "C"]) await reader.read(`env:${name}`, "it");

    expect(reader.redact("abcdefghi abcdef abc")).toBe("[secret] [secret] abc");
  });

  test("whatever the secret is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 6 }), fc.string(), async (secret, around) => {
        fc.pre(secret.trim().length >= 6 && !"[secret]".includes(secret.trim()) && !around.includes(secret.trim()));
        const reader = secrets({ env: { S: secret } });
        const read = await reader.read("env:S", "it");

        expect(reader.redact(`x${read}y`)).toBe("x[secret]y");
      }),
    );
  });
});
