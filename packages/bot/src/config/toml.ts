/** Reads TOML. The one file that knows the parser: it is bundled into the published package, which has no dependencies. */
import { parse, TomlError } from "smol-toml";
import { ConfigError } from "../errors.ts";

/** A TOML document: tables are objects. */
export type TomlTable = { readonly [key: string]: unknown };

/** @throws {ConfigError} `BAD_TOML` with file, line and column */
export function parseToml(text: string, file: string): TomlTable {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The parser's message goes on with a drawing of the place, which the position already tells.
    const what = error.message.split("\n", 1)[0] ?? error.message;
    throw new ConfigError("BAD_TOML", what.replace(/^Invalid TOML document: /, "not valid TOML: "), {
      file,
      line: error.line,
      column: error.column,
      hint: "Mend this line",
      // Without the parser's own error as cause: it quotes the line, which may hold a secret.
    });
  }
}

/**
 * Where a key stands in a TOML text, for an error about its value.
 *
 * @param path the tables it is in, then its name: `["csv", "dir"]`
 * @returns 1-based line and column, or `undefined` where it is written in a way this does not follow (inline tables)
 */
export function placeOfKey(text: string, path: readonly string[]): { line: number; column: number } | undefined {
  const wanted = path.join(".");
  let table = "";
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s*\[\[?\s*([^[\]]+?)\s*\]/.exec(line);
    if (header !== null) {
      table = bare(header[1] ?? "");
      if (table === wanted) return { line: index + 1, column: line.indexOf("[") + 2 };
      continue;
    }
    const key = /^(\s*)([\w.\-"' ]+?)\s*=/.exec(line);
    if (key === null) continue;
    const full = bare(key[2] ?? "");
    const whole = table === "" ? full : `${table}.${full}`;
    if (whole === wanted || whole.startsWith(`${wanted}.`))
      return { line: index + 1, column: (key[1] ?? "").length + 1 };
  }
  return undefined;
}

function bare(key: string): string {
  return key
    .split(".")
    .map((part) => part.trim().replace(/^(["'])(.*)\1$/, "$2"))
    .join(".");
}
