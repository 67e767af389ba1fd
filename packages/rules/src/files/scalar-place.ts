/** Where a place in a scalar's value is in the file: a query's fault is shown where it is written. */
import { isScalar, type Node, Scalar } from "yaml";
import type { Position, YamlSource } from "./yaml-source.ts";

/**
 * The position of the value's character at `offset`. Exact for plain, single-quoted and block scalars, which say each
 * character once; where that cannot be told (escapes in double quotes), the scalar's beginning.
 */
export function placeInScalar(source: YamlSource, node: Node | undefined, offset: number): Position {
  const scalar = source.resolve(node);
  if (!isScalar(scalar) || scalar.range == null || typeof scalar.value !== "string") return source.positionOf(node);
  const { text } = source;
  const value = scalar.value;
  let at = contentStart(text, scalar);
  if (at === undefined) return source.positionOf(node);
  for (let i = 0; i < Math.min(offset, value.length); i++) {
    const next = after(text, at, value[i] ?? "");
    if (next === undefined) return source.positionOf(node);
    at = next;
  }
  while (offset < value.length && text[at] !== value[offset] && /\s/.test(text[at] ?? "")) at += 1;
  return source.positionAt(at);
}

function contentStart(text: string, { type, range }: Scalar): number | undefined {
  const start = range?.[0] ?? 0;
  switch (type) {
    case Scalar.PLAIN:
      return start;
    case Scalar.QUOTE_SINGLE:
    case Scalar.QUOTE_DOUBLE:
      return start + 1;
    default: {
      const lineEnd = text.indexOf("\n", start);
      return lineEnd === -1 ? undefined : lineEnd + 1;
    }
  }
}

/** Behind the written form of this character, blanks that folding took away skipped. */
function after(text: string, at: number, character: string): number | undefined {
  const isBlank = character === " " || character === "\n";
  while (text[at] !== character) {
    const written = text[at] ?? "x";
    if (!/\s/.test(written)) return undefined;
    at += 1;
    // A folded line break stands for one blank, and the indentation behind it for nothing.
    if (isBlank && written === "\n") {
      while (/[ \t]/.test(text[at] ?? "")) at += 1;
      return at;
    }
  }
  // In single quotes a quote is written twice.
  return character === "'" && text[at + 1] === "'" ? at + 2 : at + 1;
}
