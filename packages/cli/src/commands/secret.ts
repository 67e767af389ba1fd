/** `haltwatch secret set|list|delete`: what the system's keyring keeps for Haltwatch. A secret is never an argument. */

import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { isSecretName, type Keyring, systemKeyring } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";

/** Longest secret, characters: a private key has some thousands. */
const MAX_LENGTH = 65_536;

/** Where secrets go, and where they and answers come from and go to. */
export interface SecretSurroundings {
  readonly keyring: Keyring;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

function surroundings(): SecretSurroundings {
  return { keyring: systemKeyring(), input: process.stdin, output: process.stdout };
}

/** Asks for it twice at a terminal, where it is not shown; else takes the standard input. */
export async function setSecret(name: string, around: SecretSurroundings = surroundings()): Promise<void> {
  checkName(name);
  const secret = around.input.isTTY === true ? await asked(name, around) : await piped(around);
  if (secret === "") throw new CommandError("the secret is empty", "Give one, or delete it: haltwatch secret delete");
  if (secret.length > MAX_LENGTH) {
    throw new CommandError("the secret is longer than secrets are", "Look whether it is the right file");
  }
  around.keyring.set(name, secret);
  around.output.write(`Kept. Write keyring:${name} where the configuration needs it.\n`);
}

/** Prints names; never what is kept under them. */
export function listSecrets({ keyring, output } = surroundings()): void {
  for (const name of keyring.list()) output.write(`keyring:${name}\n`);
}

export function deleteSecret(name: string, { keyring, output } = surroundings()): void {
  checkName(name);
  if (!keyring.delete(name)) {
    throw new CommandError(`the keyring has no ${name} of Haltwatch's`, "haltwatch secret list says what there is");
  }
  output.write(`Deleted: ${name}\n`);
}

function checkName(name: string): void {
  if (isSecretName(name)) return;
  throw new CommandError("that is no name for a secret", "Use letters, digits, dots, dashes and underscores");
}

async function asked(name: string, { input, output }: SecretSurroundings): Promise<string> {
  // What is typed would be echoed to it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  const lines = terminal[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const typed = await lines.next();
    return typed.done === true ? "" : typed.value.trim();
  };
  try {
    output.write(`${name} (not shown): `);
    const first = await line();
    output.write("\nOnce more: ");
    const second = await line();
    output.write("\n");
    if (first !== second) throw new CommandError("the two are not the same", "Try again");
    return first;
  } finally {
    terminal.close();
  }
}

async function piped({ input }: SecretSurroundings): Promise<string> {
  let text = "";
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > MAX_LENGTH + 2) break;
  }
  return text.trim();
}
