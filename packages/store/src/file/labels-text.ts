/** A series' labels as the file has them: a JSON array, which keeps NUL and lone surrogates, too. */
import { Labels } from "../labels/labels.ts";
import { damaged } from "./file-error.ts";

/** Names and values in turn, names ascending. */
export function labelsText(labels: Labels): string {
  return JSON.stringify([...labels].flat());
}

/** @throws {StoreError} `DAMAGED` */
export function labelsFrom(text: string, path: string): Labels {
  const pairs = parsed(text, path);
  if (!Array.isArray(pairs) || pairs.length % 2 !== 0 || !pairs.every((part) => typeof part === "string"))
    throw damaged(path, `a series' labels are none: ${text.slice(0, 100)}`);
  return Labels.from(
    Array.from({ length: pairs.length / 2 }, (_, i) => [String(pairs[2 * i]), String(pairs[2 * i + 1])] as const),
  );
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, `a series' labels cannot be read: ${String(error)}`, error);
  }
}
