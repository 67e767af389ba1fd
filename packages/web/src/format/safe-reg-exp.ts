/**
 * Regular expressions out of foreign files. JavaScript's engine backtracks: a pattern such as `(a+)+$` would freeze the tab. So patterns
 * whose tries grow exponentially are refused; the more repeats the others have, the shorter are the texts they see; and all that could
 * be slow have one short time between them.
 */

const MAX_PATTERN = 1000;
const MAX_KNOWN = 500;
/** `a?a?a?…` doubles the tries with each. */
const MAX_OPTIONAL = 8;
/**
 * Of texts that are tested, by how many repeats try each place of it: what is longer is cut. Callers test labels and names, and the
 * number of tries is about the length to the power of the repeats.
 */
const TEXT_LENGTHS = [2000, 2000, 2000, 300, 100, 60];
/** From so many on the time is counted. */
const SLOW_REPEATS = 3;
/** Milliseconds that slow patterns may take of the page's life before they match nothing any more. */
const SLOW_BUDGET_MS = 300;

/** What all patterns share. */
interface Spent {
  ms: number;
}

const spent: Spent = { ms: 0 };
const known = new Map<string, SafeRegExp | undefined>();

export class SafeRegExp {
  readonly #pattern: RegExp;
  readonly #repeats: number;
  readonly #spent: Spent;

  /** @param repeats that may try each place of a text */
  constructor(pattern: RegExp, repeats: number, shared: Spent) {
    this.#pattern = pattern;
    this.#repeats = repeats;
    this.#spent = shared;
  }

  test(text: string): boolean {
    return this.exec(text) !== null;
  }

  exec(text: string): RegExpExecArray | null {
    return this.#timed(() => this.#pattern.exec(this.#cut(text)), null);
  }

  replace(text: string, by: string): string {
    return this.#timed(() => this.#cut(text).replace(this.#pattern, by), text);
  }

  [Symbol.replace](text: string, by: string): string {
    return this.replace(text, by);
  }

  #cut(text: string): string {
    return text.slice(0, TEXT_LENGTHS[this.#repeats] ?? 0);
  }

  #timed<T>(run: () => T, otherwise: T): T {
    this.#pattern.lastIndex = 0;
    if (this.#repeats < SLOW_REPEATS) return run();
    if (this.#spent.ms > SLOW_BUDGET_MS) return otherwise;
    const began = performance.now();
    const result = run();
    const took = performance.now() - began;
    // What is quick may run as often as it likes.
    if (took > 1) this.#spent.ms += took;
    return result;
  }
}

/** @param text `abc`, or with slashes and flags `/abc/i` @returns `undefined` if it is none, or one that could run for ever */
export function safeRegExp(text: string): SafeRegExp | undefined {
  if (known.has(text)) return known.get(text);
  const made = compiled(text);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, made);
  return made;
}

function compiled(text: string): SafeRegExp | undefined {
  if (text.length > MAX_PATTERN) return undefined;
  const slashed = /^\/(.*)\/([gimsuy]*)$/s.exec(text);
  const source = slashed?.[1] ?? text;
  const flags = (slashed?.[2] ?? "").replace("y", "");
  const repeats = repeatsOf(source);
  if (repeats === undefined || repeats >= TEXT_LENGTHS.length) return undefined;
  try {
    return new SafeRegExp(new RegExp(source, flags), repeats, spent);
  } catch {
    return undefined;
  }
}

/**
 * How many repeats of a pattern may try each place of a text. One more if it may begin anywhere, one less if it ends with `.*`, which
 * always fits; none for `[^"]*"`, which can end in one place only.
 *
 * @returns `undefined` if a group that repeats (`+`, `*`, `{2,}`) holds a repeat, a choice or an alternative: those can match the same
 *   text in more ways than can be tried; likewise with many `?`, and back references
 */
function repeatsOf(source: string): number | undefined {
  const groups: { isRisky: boolean }[] = [];
  let repeats = /^(?:\^|\.[*+])/.test(source) && !source.includes("|") ? 0 : 1;
  let optional = 0;
  let lastGroup: { isRisky: boolean } | undefined;
  let lastClass = "";
  for (let index = 0; index < source.length; index++) {
    const character = source.charAt(index);
    const group = lastGroup;
    const ownClass = lastClass;
    lastGroup = undefined;
    lastClass = "";
    if (character === "\\") {
      if (/[1-9k]/.test(source.charAt(index + 1))) return undefined;
      index++;
    } else if (character === "[") {
      const end = endOfClass(source, index);
      lastClass = source.slice(index, end + 1);
      index = end;
    } else if (character === "(") {
      groups.push({ isRisky: false });
      // `(?:`, `(?<name>`: no choice.
      if (source.charAt(index + 1) === "?") index++;
    } else if (character === ")") {
      lastGroup = groups.pop();
      const around = groups.at(-1);
      if (lastGroup?.isRisky && around !== undefined) around.isRisky = true;
    } else if (character === "|") {
      const inside = groups.at(-1);
      if (inside !== undefined) inside.isRisky = true;
    } else if (character === "?") {
      optional++;
      if (optional > MAX_OPTIONAL) return undefined;
      const inside = groups.at(-1);
      if (inside !== undefined) inside.isRisky = true;
    } else if (character === "*" || character === "+" || /^\{\d+,?\d*\}/.test(source.slice(index, index + 20))) {
      if (group?.isRisky) return undefined;
      const inside = groups.at(-1);
      if (inside !== undefined) inside.isRisky = true;
      if (character === "{") index = source.indexOf("}", index);
      // Lazy ones try as much.
      if (source.charAt(index + 1) === "?") index++;
      if (!endsInOnePlace(ownClass, source.slice(index + 1))) repeats++;
    }
  }
  return /\.\*\)?\$?$/.test(source) ? Math.max(0, repeats - 1) : repeats;
}

/** `[^"]*` before `"`, also when a group ends between them. */
function endsInOnePlace(ownClass: string, rest: string): boolean {
  const next = rest.replace(/^\)/, "").replace(/^\\/, "").charAt(0);
  return ownClass.startsWith("[^") && next !== "" && ownClass.slice(2, -1).includes(next);
}

function endOfClass(source: string, from: number): number {
  for (let index = from + 1; index < source.length; index++) {
    const character = source.charAt(index);
    if (character === "\\") index++;
    else if (character === "]") return index;
  }
  return source.length;
}
