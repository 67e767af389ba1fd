/** Writes an export: all of it or, where something else is in its place, nothing. Secrets that are there already stay. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HaltwatchError } from "@haltwatch/bot";
import type { Export, ExportedFile, NeededSecret } from "./exported-file.ts";

/** Of a token or a password, bytes. */
const RANDOM_BYTES = 32;

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export interface WriteExportOptions {
  /** Overwrites what differs. Never secrets. */
  readonly force: boolean;
  /** Reads a secret that the configuration names, to be written beside the rest; without it, that is for a person to do. */
  readonly readSecret: ((secret: NeededSecret) => Promise<string>) | undefined;
}

export interface WrittenExport {
  /** Relative to the folder. */
  readonly files: readonly string[];
  /** Made or copied now. */
  readonly secrets: readonly NeededSecret[];
  /** Still to be put there. */
  readonly missing: readonly NeededSecret[];
}

/**
 * @throws {HaltwatchError} `FILE_EXISTS` if something else is there and `force` is not given: then nothing is written
 * @throws what `readSecret` throws: then nothing is written either
 */
export async function writeExport(
  folder: string,
  { files, secrets, dataFolders }: Export,
  { force, readSecret }: WriteExportOptions,
): Promise<WrittenExport> {
  const others = files.filter((file) => isOther(folder, file)).map(({ path }) => path);
  if (others.length > 0 && !force) {
    const named = `${others.slice(0, 3).join(", ")}${others.length > 3 ? " and more" : ""}`;
    const hint = "Name another folder, or give --force to overwrite them";
    throw new HaltwatchError("FILE_EXISTS", `${folder} has other files already: ${named}`, { hint });
  }
  const lacking = secrets.filter(({ name }) => !existsSync(secretPath(folder, name)));
  const texts = new Map<NeededSecret, string>();
  for (const secret of lacking) {
    if (secret.reference === undefined) texts.set(secret, randomBytes(RANDOM_BYTES).toString("base64url"));
    else if (readSecret !== undefined) texts.set(secret, await readSecret(secret));
  }
  for (const file of files) write(folder, file);
  if (secrets.length > 0) mkdirSync(join(folder, "secrets"), { recursive: true, mode: PRIVATE_FOLDER });
  for (const [{ name }, text] of texts)
    writeFileSync(secretPath(folder, name), text, { mode: PRIVATE_FILE, flag: "wx" });
  for (const path of dataFolders) mkdirSync(join(folder, path), { recursive: true, mode: PRIVATE_FOLDER });
  return {
    files: files.map(({ path }) => path),
    secrets: [...texts.keys()],
    missing: lacking.filter((secret) => !texts.has(secret)),
  };
}

function secretPath(folder: string, name: string): string {
  return join(folder, "secrets", name);
}

function write(folder: string, { path, text, isPrivate }: ExportedFile): void {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text, isPrivate === true ? { mode: PRIVATE_FILE } : {});
  if (isPrivate === true) chmodSync(whole, PRIVATE_FILE); // one that was there keeps its own
}

/** Whether something is there that says something else. */
function isOther(folder: string, { path, text }: ExportedFile): boolean {
  try {
    return readFileSync(join(folder, path), "utf8") !== text;
  } catch {
    return existsSync(join(folder, path)); // a folder, or what may not be read
  }
}
