/** Secrets are read when they are needed: who changes one in its file or environment need not restart anything. */
import { readFile } from "node:fs/promises";
import { ScrapeError } from "./scrape-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The secret itself.
 *
 * @param reference `env:NAME` or `file:PATH`, as the configuration has it
 * @param file from its `…_file` key
 * @throws {ScrapeError} `SECRET_MISSING`
 */
export async function readSecret(
  what: string,
  reference: string | undefined,
  file: string | undefined,
  env: Environment,
): Promise<string | undefined> {
  if (file !== undefined) return fromFile(what, file);
  if (reference === undefined) return undefined;
  if (reference.startsWith("file:")) return fromFile(what, reference.slice("file:".length));
  const name = reference.slice("env:".length);
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  const fault = `${what} is kept in the environment variable ${name}, which is not set`;
  throw new ScrapeError("SECRET_MISSING", fault, `Set ${name} before you start Haltwatch`);
}

async function fromFile(what: string, file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const hint = "Write it into that file, and let only Haltwatch's user read it";
    throw new ScrapeError("SECRET_MISSING", `${what} is kept in ${file}, which cannot be read`, hint, error);
  }
}
