/** Enables a pack in `haltwatch.toml`: one line changes, and every comment stays where it is. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { parseToml } from "@haltwatch/bot/config";
import { findPacks } from "./find-packs.ts";

/**
 * @param file made if it is not there
 * @param name of a pack of ours, or a folder as seen from the file's
 * @returns false if it was enabled already
 * @throws {ConfigError} if there is no such pack, or the file is written in a way that cannot be edited
 */
export function enablePack(file: string, name: string): boolean {
  findPacks(
    [name],
    dirname(resolve(file)),
    (_, message, hint) => new ConfigError("NO_PACK", `${name}: ${message}`, { hint }),
  );
  const before = textOf(file);
  const after = withPackEnabled(before, name);
  if (after === before) return false;
  if (after === undefined || !isEnabled(after, file, name)) {
    const hint = `Write enabled = [${JSON.stringify(name)}] under [packs] yourself`;
    throw new ConfigError("BAD_VALUE", "[packs] is written in a way that cannot be edited", { file, hint });
  }
  const written = `${file}.new`;
  writeFileSync(written, after);
  renameSync(written, file);
  return true;
}

function isEnabled(text: string, file: string, name: string): boolean {
  const { packs } = parseToml(text, file) as { readonly packs?: { readonly enabled?: readonly unknown[] } };
  return packs?.enabled?.includes(name) === true;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ""; // readFileSync throws these
    throw error;
  }
}

/**
 * @param source the file's text; empty if there is none
 * @param name of a pack of ours, or a folder
 * @returns the text to write; the same if it is enabled already; `undefined` if the place is written in a way this does not follow
 */
export function withPackEnabled(source: string, name: string): string | undefined {
  const entry = JSON.stringify(name);
  const header = /^[ \t]*\[[ \t]*packs[ \t]*\][ \t]*(?:#.*)?$/m.exec(source);
  if (header === null) {
    if (/^[ \t]*packs[ \t]*[.=]/m.test(source)) return undefined;
    const gap = source === "" ? "" : source.endsWith("\n") ? "\n" : "\n\n";
    return `${source}${gap}[packs]\nenabled = [${entry}]\n`;
  }
  const begin = header.index + header[0].length;
  const end = nextTable(source, begin);
  const table = source.slice(begin, end);
  const list = /^([ \t]*enabled[ \t]*=[ \t]*\[)([^\]]*)(\])/m.exec(table);
  if (list === null) {
    if (/^[ \t]*enabled\b/m.test(table)) return undefined;
    return `${source.slice(0, begin)}\nenabled = [${entry}]${source.slice(begin)}`;
  }
  const [whole, open = "", inner = "", close = ""] = list;
  if (inner.includes("#")) return undefined; // a comment within the list: where an entry ends is not ours to guess
  if ([...inner.matchAll(/"([^"]*)"|'([^']*)'/g)].some(([, double, single]) => (double ?? single) === name))
    return source;
  const at = begin + list.index;
  const trimmed = inner.trimEnd();
  const space = inner.slice(trimmed.length);
  const separator = trimmed === "" ? "" : trimmed.endsWith(",") ? " " : ", ";
  return `${source.slice(0, at)}${open}${trimmed}${separator}${entry}${space}${close}${source.slice(at + whole.length)}`;
}

function nextTable(source: string, from: number): number {
  const found = /^[ \t]*\[/gm;
  found.lastIndex = from;
  const match = found.exec(source);
  return match === null ? source.length : match.index;
}
