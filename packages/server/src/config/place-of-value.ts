/** Where in a TOML text a value stands that a path names, also in the second of several tables, and in tables within a line. */
import { placeOfKey } from "@haltwatch/bot/config";

/**
 * @param path as zod gives it: `orchestrators.1.pause.url`
 * @returns 1-based line and column of the key, or of the nearest one around it that is found; `undefined` if none is
 */
export function placeOfValue(text: string, path: readonly string[]): { line: number; column: number } | undefined {
  const at = path.findIndex((part) => /^\d+$/.test(part));
  const array = path.slice(0, Math.max(0, at)).join(".");
  const part = at === -1 ? undefined : onlyTable(text, array, Number(path[at]));
  const keys = path.filter((key) => !/^\d+$/.test(key));
  const least = Math.max(1, at); // beyond that it would be another value's place
  for (let length = keys.length; length >= least; length--) {
    const place = placeOfKey(part ?? text, keys.slice(0, length));
    if (place !== undefined) return place;
    if (part === undefined) return undefined;
  }
  return undefined;
}

/** The text with nothing but this one of the array's tables, on its own lines; `undefined` if there is none. */
function onlyTable(text: string, array: string, index: number): string | undefined {
  let found = -1;
  const lines = text.split("\n").map((line) => {
    const [, brackets, name = ""] = /^\s*(\[\[?)\s*([^[\]]+?)\s*\]/.exec(line) ?? [];
    if (brackets === "[[" && name === array) found++;
    return found === index ? line : "";
  });
  return found < index ? undefined : lines.join("\n");
}
