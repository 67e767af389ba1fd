/** The packs that a configuration enables: ours by name, a user's own by its folder. */
import { resolve } from "node:path";
import type { ConfigError } from "@haltwatch/bot";
import { PACKS, type Pack, SYSTEM_PACK } from "@haltwatch/packs";
import { PACK_FILE, readPackFolder } from "./read-pack-folder.ts";

export interface FoundPack {
  readonly pack: Pack;
  /** What it was read from; `undefined` of ours, which do not change while we run. */
  readonly file: string | undefined;
}

/** True for what names a folder rather than one of ours. */
export function isFolder(name: string): boolean {
  return name.startsWith(".") || name.includes("/");
}

/**
 * @param folder where relative paths start
 * @param fault what is wrong with a name
 * @throws {ConfigError} for a name that none of ours has, one that is there twice, or a folder that holds no pack
 */
export function findPacks(
  names: readonly string[],
  folder: string,
  fault: (name: string, message: string, hint: string) => ConfigError,
): FoundPack[] {
  const found: FoundPack[] = [];
  for (const name of names) {
    const one = isFolder(name) ? readOwn(resolve(folder, name)) : ours(name, fault);
    if (found.some(({ pack }) => pack.name === one.pack.name))
      throw fault(name, `the pack ${one.pack.name} is enabled twice`, "Name it once");
    found.push(one);
  }
  return found;
}

function readOwn(folder: string): FoundPack {
  return { pack: readPackFolder(folder), file: resolve(folder, PACK_FILE) };
}

function ours(name: string, fault: (name: string, message: string, hint: string) => ConfigError): FoundPack {
  if (name === SYSTEM_PACK.name)
    throw fault(name, "this pack is always on", "Leave it out; system = false under [rules] takes it away");
  const choice = PACKS.filter((one) => one !== SYSTEM_PACK);
  const pack = choice.find((one) => one.name === name);
  if (pack !== undefined) return { pack, file: undefined };
  const hint = `Ours are ${choice.map((one) => one.name).join(", ")}; a folder of your own begins with ./`;
  throw fault(name, "there is no pack of this name", hint);
}
