/** RFC 6901: where in a JSON value something stands. `/bots/0/status`; the empty text is the whole. */

/** @returns `undefined` if the text is none */
export function parseJsonPointer(text: string): readonly string[] | undefined {
  if (text === "") return [];
  if (!text.startsWith("/") || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** @returns `undefined` if nothing stands there */
export function valueAt(json: unknown, pointer: readonly string[]): unknown {
  let value = json;
  for (const part of pointer) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part]; // an object or an array that has it
  }
  return value;
}
