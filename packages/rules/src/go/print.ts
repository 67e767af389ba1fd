/** Go's fmt: `Sprint`, `Sprintln` and `Sprintf`. Source: Go, fmt/print.go and fmt/format.go. */
import { type Flags, formatValue, NO_FLAGS } from "./format-value.ts";
import { typeName, type Value } from "./values.ts";

/** Widest field and longest precision, as Go has it. */
const MAX_WIDTH = 1_000_000;

/** Blanks between two operands of which neither is text. */
export function sprint(args: readonly Value[]): string {
  let text = "";
  for (const [index, arg] of args.entries()) {
    if (index > 0 && !isText(arg) && !isText(args[index - 1])) text += " ";
    text += formatValue(arg, "v", NO_FLAGS, 0);
  }
  return text;
}

/** Blanks between all operands, and a line break. */
export function sprintln(args: readonly Value[]): string {
  return `${args.map((arg) => formatValue(arg, "v", NO_FLAGS, 0)).join(" ")}\n`;
}

function isText(value: Value): boolean {
  return typeof value === "string" || (typeof value === "object" && value.kind === "html");
}

export function sprintf(format: string, args: readonly Value[]): string {
  return new Printer(format, args).run();
}

class Printer {
  readonly #format: string;
  readonly #args: readonly Value[];
  #at = 0;
  #arg = 0;
  #isReordered = false;
  #isGoodIndex = true;

  constructor(format: string, args: readonly Value[]) {
    this.#format = format;
    this.#args = args;
  }

  run(): string {
    let text = "";
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf("%", this.#at);
      if (percent === -1) {
        text += this.#format.slice(this.#at);
        break;
      }
      text += this.#format.slice(this.#at, percent);
      this.#at = percent + 1;
      text += this.#verb();
    }
    if (!this.#isReordered && this.#arg < this.#args.length) {
      const extra = this.#args
        .slice(this.#arg)
        .map((arg) => (arg === undefined ? "<nil>" : `${typeName(arg)}=${formatValue(arg, "v", NO_FLAGS, 0)}`));
      text += `%!(EXTRA ${extra.join(", ")})`;
    }
    return text;
  }

  #verb(): string {
    this.#isGoodIndex = true;
    this.#isReordered = false;
    const flags = this.#flags();
    let fault = "";
    this.#index();
    const width = this.#number();
    if (width === "bad") fault += "%!(BADWIDTH)";
    else if (width !== undefined) {
      flags.width = Math.abs(width);
      if (width < 0) {
        flags.minus = true;
        flags.zero = false;
      }
    }
    if (this.#format[this.#at] === ".") {
      this.#at += 1;
      this.#index();
      const precision = this.#number();
      if (precision === "bad") fault += "%!(BADPREC)";
      else if (precision === undefined || precision >= 0) flags.precision = precision ?? 0;
      else fault += "%!(BADPREC)";
    }
    this.#index();
    if (this.#at >= this.#format.length) return `${fault}%!(NOVERB)`;
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at) ?? 0);
    this.#at += verb.length;
    if (verb === "%") return `${fault}%`;
    if (!this.#isGoodIndex) return `${fault}%!${verb}(BADINDEX)`;
    if (this.#arg >= this.#args.length) return `${fault}%!${verb}(MISSING)`;
    const arg = this.#args[this.#arg];
    this.#arg += 1;
    if (verb === "v") {
      const { plus, sharp } = flags;
      Object.assign(flags, { plusV: plus, sharpV: sharp, plus: false, sharp: false });
    }
    return fault + formatValue(arg, verb, flags, 0);
  }

  #flags(): Flags {
    const flags = { ...NO_FLAGS };
    for (; ; this.#at++) {
      switch (this.#format[this.#at]) {
        case "#":
          flags.sharp = true;
          break;
        case "0":
          flags.zero = !flags.minus;
          break;
        case "+":
          flags.plus = true;
          break;
        case "-":
          flags.minus = true;
          flags.zero = false;
          break;
        case " ":
          flags.space = true;
          break;
        default:
          return flags;
      }
    }
  }

  /** `[3]`: which argument is next. */
  #index(): void {
    if (this.#format[this.#at] !== "[") return;
    this.#isReordered = true;
    const match = /^\[(\d+)\]/.exec(this.#format.slice(this.#at));
    const close = this.#format.indexOf("]", this.#at);
    const index = Number(match?.[1] ?? 0) - 1;
    this.#at = close === -1 ? this.#at + 1 : close + 1;
    if (match !== null && index >= 0 && index < this.#args.length) this.#arg = index;
    else this.#isGoodIndex = false;
  }

  /** Digits, or `*` for an argument. */
  #number(): number | "bad" | undefined {
    if (this.#format[this.#at] === "*") {
      this.#at += 1;
      const arg = this.#args[this.#arg];
      this.#arg += 1;
      const value = typeof arg === "bigint" ? Number(arg) : Number.NaN;
      return Math.abs(value) <= MAX_WIDTH ? value : "bad";
    }
    const digits = /^\d+/.exec(this.#format.slice(this.#at, this.#at + 20))?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits) <= MAX_WIDTH ? Number(digits) : "bad";
  }
}
