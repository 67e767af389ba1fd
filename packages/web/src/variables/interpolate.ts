/** `$name`, `${name}`, `${name:format}` and `[[name]]` in queries, titles and links, in each of Grafana's formats. */

import { formatTime } from "../format/date-time.ts";

/** What a variable stands for. */
export interface VariableValue {
  /** One, or several if people may choose several. */
  readonly values: readonly string[];
  /** As people see them; `undefined`: the values. */
  readonly texts?: readonly string[];
  /** Put in as it is, without escapes: what "all" was set to stand for. */
  readonly raw?: string;
  /** Whether more than one may be chosen: then even one is written so that a regular expression takes it. */
  readonly isMulti?: boolean;
}

export type VariableLookup = (name: string) => VariableValue | undefined;

const REFERENCE =
  /\$(\w{1,200})|\[\[(\w{1,200}?)(?::(\w{1,50}))?\]\]|\$\{(\w{1,200})(?:\.([^:^}]{1,200}))?(?::([^}]{1,200}))?\}/g;

/** Variables in variables, such as a custom one's value `$other`, are not followed: nothing can run away. */
export function interpolate(text: string, lookup: VariableLookup, defaultFormat = "glob"): string {
  if (!text.includes("$") && !text.includes("[[")) return text;
  return text.replace(REFERENCE, (all, plain, square, squareFormat, braced, fieldPath, bracedFormat) => {
    const name = String(plain ?? square ?? braced);
    const value = lookup(name);
    if (value === undefined) return all;
    const format = String(squareFormat ?? bracedFormat ?? (fieldPath === "text" ? "text" : defaultFormat));
    return formatVariable(value, format, name);
  });
}

/**
 * As PromQL wants it: a variable of which several may be chosen becomes an alternative of a regular expression (`a|b`), and what stands
 * in a string is escaped for the quotes around it.
 */
export function interpolateQuery(text: string, lookup: VariableLookup): string {
  if (!text.includes("$") && !text.includes("[[")) return text;
  const quoteAt = quotesOf(text);
  return text.replace(
    REFERENCE,
    (all, plain, square, squareFormat, braced, _path, bracedFormat, offset: number): string => {
      const name = String(plain ?? square ?? braced);
      const value = lookup(name);
      if (value === undefined) return all;
      const format = squareFormat ?? bracedFormat;
      return format === undefined ? inPromql(value, quoteAt(offset)) : formatVariable(value, String(format), name);
    },
  );
}

/** Which quotes a place of a query is in; empty: none. */
function quotesOf(text: string): (offset: number) => string {
  let read = 0;
  let quote = "";
  return (offset) => {
    for (; read < offset; read++) {
      const character = text.charAt(read);
      if (quote === "") {
        if (character === '"' || character === "'" || character === "`") quote = character;
      } else if (character === "\\" && quote !== "`") read++;
      else if (character === quote) quote = "";
    }
    return quote;
  };
}

function inPromql({ values, raw, isMulti }: VariableValue, quote: string): string {
  if (raw !== undefined) return raw;
  if (isMulti !== true) return stringEscaped(values[0] ?? "", quote);
  const escaped = values.map((value) => stringEscaped(quote === "" ? value : re2Escaped(value), quote));
  return escaped.length === 1 ? (escaped[0] ?? "") : `(${escaped.join("|")})`;
}

/** RE2, which Prometheus uses, refuses escapes of characters that mean nothing. */
function re2Escaped(text: string): string {
  return text.replaceAll(/[\\^$*+?.()|[\]{}]/g, "\\$&");
}

function stringEscaped(text: string, quote: string): string {
  if (quote === "") return text;
  if (quote === "`") return text.replaceAll("`", "");
  return text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`).replaceAll("\n", "\\n");
}

/** Names that a text refers to. */
export function referencesIn(text: string): readonly string[] {
  const names = new Set<string>();
  for (const match of text.matchAll(REFERENCE)) names.add(match[1] ?? match[2] ?? match[4] ?? "");
  return [...names];
}

/** @param format Grafana's name for it; unknown ones are `glob` */
export function formatVariable(variable: VariableValue, format: string, name: string): string {
  const { values, texts = values, raw } = variable;
  const [kind = "", argument = ""] = format.split(/:(.*)/s);
  if (raw !== undefined && kind !== "text" && kind !== "queryparam" && kind !== "percentencode") return raw;
  const first = values[0] ?? "";
  switch (kind) {
    case "raw":
      return values.join(",");
    case "regex":
      return values.length === 1 ? regexEscaped(first) : `(${values.map(regexEscaped).join("|")})`;
    case "pipe":
      return values.join("|");
    case "csv":
      return values.join(",");
    case "distributed":
      return values.map((value, index) => (index === 0 ? value : `${name}=${value}`)).join(",");
    case "json":
      return JSON.stringify(variable.isMulti === true || values.length !== 1 ? values : first);
    case "lucene":
      return values.length === 1
        ? luceneEscaped(first)
        : `(${values.map((value) => `"${luceneEscaped(value)}"`).join(" OR ")})`;
    case "singlequote":
      return values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(",");
    case "doublequote":
      return values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(",");
    case "sqlstring":
      return values.map((value) => `'${value.replaceAll("'", "''")}'`).join(",");
    case "percentencode":
      return encoded(values.length === 1 ? first : `{${values.join(",")}}`);
    case "uriencode":
      return encodeURI(values.length === 1 ? first : `{${values.join(",")}}`);
    case "queryparam":
      return values.map((value) => `var-${encoded(name)}=${encoded(value)}`).join("&");
    case "text":
      return texts.join(" + ");
    case "date":
      return dateText(Number(first), argument);
    case "customqueryparam": {
      const [key = name, prefix = ""] = argument.split(":");
      return values.map((value) => `${encoded(key)}=${encoded(prefix + value)}`).join("&");
    }
    case "join":
      return values.join(argument === "" ? "," : argument);
    default:
      return values.length === 1 ? first : `{${values.join(",")}}`;
  }
}

/** `${__from:date:YYYY-MM}` */
function dateText(ms: number, format: string): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return "";
  if (format === "seconds") return String(Math.floor(ms / 1000));
  return format === "" || format === "iso" ? new Date(ms).toISOString() : formatTime(ms, format, "browser");
}

function regexEscaped(text: string): string {
  return text.replaceAll(/[\\^$*+?.()|[\]{}/]/g, "\\$&");
}

function luceneEscaped(text: string): string {
  return text.replaceAll(/[!*+\-=<>\s&|()[\]{}^~?:\\/"]/g, "\\$&");
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    return "";
  }
}
