/**
 * A log line's fields as what JSON can hold, whatever a bot hands over: never throws, bounded in depth and size, and
 * without the values of what is named like a secret.
 */
import { HaltwatchError } from "../errors.ts";

/** Longest text of a field, characters; longer ones are cut. */
export const MAX_FIELD_CHARACTERS = 4096;

/** How deep objects are followed. */
const MAX_DEPTH = 6;

/** Values of one line, those within objects and arrays included; the rest is left out. */
export const MAX_VALUES = 500;

/** Names of secrets, as they read in lower case without `_`, `-`, `.` and blanks: `apikey` is `API-Key` and `api_key` too. */
const SECRET =
  /token$|passw|pwd|passphrase|secret|authorization|credential|apikey|accesskey|privatekey|privkey|seed$|seedphrase|mnemonic|jwt|bearer|webhookurl|cookie/;

export interface PlainOptions {
  /** Whether errors show their stack. */
  readonly stacks: boolean;
}

/** The fields that can be shown, as values that `JSON.stringify` writes without throwing. */
export function plainFields(fields: unknown, options: PlainOptions): Readonly<Record<string, unknown>> {
  try {
    if (typeof fields !== "object" || fields === null) return {};
    return new PlainCopy(options).entries(fields, Object.keys(fields));
  } catch {
    return { fields: NOT_SHOWN };
  }
}

const NOT_SHOWN = "[not shown: reading it threw]";

/** One line's copy, with what it has still room for. */
class PlainCopy {
  readonly #stacks: boolean;
  /** The objects that the value in hand is within, outermost first. */
  readonly #within: object[] = [];
  #room = MAX_VALUES;

  constructor(options: PlainOptions) {
    this.#stacks = options.stacks;
  }

  entries(from: object, keys: readonly string[]): Record<string, unknown> {
    const out: Record<string, unknown> = Object.create(null); // so that "__proto__" is a name like any other
    for (const key of keys) {
      if (this.#room <= 0) break;
      this.#room -= 1;
      // Keys are cut too: a map by hostile names is as long as a text.
      const name = key.slice(0, MAX_FIELD_CHARACTERS);
      out[name] = isSecret(name) ? "[redacted]" : this.#guarded(() => Reflect.get(from, key));
    }
    return out;
  }

  #guarded(read: () => unknown): unknown {
    const depth = this.#within.length;
    try {
      return this.#plain(read());
    } catch {
      this.#within.length = depth;
      return NOT_SHOWN;
    }
  }

  #plain(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        return cut(value);
      case "bigint":
        return cut(value.toString());
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
        return value;
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return undefined; // a function, a symbol, nothing
    }
  }

  #object(value: object): unknown {
    if (this.#within.includes(value)) return "[not shown: circular]";
    if (this.#within.length >= MAX_DEPTH) return "[not shown: too deep]";
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    this.#within.push(value);
    const plain = this.#members(value);
    this.#within.pop();
    return plain;
  }

  #members(value: object): unknown {
    if (value instanceof Error) return this.#error(value);
    if ("toJSON" in value && typeof value.toJSON === "function") return this.#plain(value.toJSON());
    if (!Array.isArray(value)) return this.entries(value, Object.keys(value));
    const items: unknown[] = [];
    for (const item of value as readonly unknown[]) {
      if (this.#room <= 0) break;
      this.#room -= 1;
      items.push(this.#guarded(() => item));
    }
    return items;
  }

  #error(error: Error): unknown {
    const shown =
      error instanceof HaltwatchError
        ? { message: error.oneLine(), code: error.code }
        : { message: error.message, name: error.name, code: "code" in error ? error.code : undefined };
    const more = { cause: error.cause, stack: this.#stacks ? error.stack : undefined };
    return this.entries({ ...shown, ...more }, [...Object.keys(shown), ...Object.keys(more)]);
  }
}

function isSecret(name: string): boolean {
  return SECRET.test(name.toLowerCase().replaceAll(/[_\-.\s]/g, ""));
}

function cut(text: string): string {
  return text.length > MAX_FIELD_CHARACTERS ? `${text.slice(0, MAX_FIELD_CHARACTERS)}…` : text;
}
