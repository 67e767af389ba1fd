/**
 * Regular expressions out of foreign files. JavaScript's engine backtracks: a pattern such as `(a+)+$` would freeze the tab. So patterns with
 * repeated repeats are refused, and texts to be tested are short.
 */

const MAX_PATTERN = 1000;
/** Callers test labels and names: what is longer is cut by {@link SafeRegExp}. */
const MAX_TEXT = 2000;
const MAX_KNOWN = 500;

const known = new Map<string, SafeRegExp | undefined>();

export class SafeRegExp {
  readonly #pattern: RegExp;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  test(text: string): boolean {
    this.#pattern.lastIndex = 0;
    return this.#pattern.test(text.slice(0, MAX_TEXT));
  }

  exec(text: string): RegExpExecArray | null {
    this.#pattern.lastIndex = 0;
    return this.#pattern.exec(text.slice(0, MAX_TEXT));
  }

  replace(text: string, by: string): string {
    this.#pattern.lastIndex = 0;
    return text.slice(0, MAX_TEXT).replace(this.#pattern, by);
  }

  [Symbol.replace](text: string, by: string): string {
    return this.replace(text, by);
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
  if (hasNestedRepeat(source)) return undefined;
  try {
    return new SafeRegExp(new RegExp(source, flags));
  } catch {
    return undefined;
  }
}

/**
 * Whether a group that repeats (`+`, `*`, `{2,}`) holds a repeat or an alternative: those can match the same text in more ways than can be
 * tried. Also three and more open repeats of anything in a row (`.*.*.*`) and back references are too much.
 */
function hasNestedRepeat(source: string): boolean {
  const groups: { isRisky: boolean }[] = [];
  let openRepeats = 0;
  let lastGroup: { isRisky: boolean } | undefined;
  for (let index = 0; index < source.length; index++) {
    const character = source.charAt(index);
    if (character === "\\") {
      if (/[1-9k]/.test(source.charAt(index + 1))) return true;
      index++;
      lastGroup = undefined;
    } else if (character === "[") {
      index = endOfClass(source, index);
      lastGroup = undefined;
    } else if (character === "(") {
      groups.push({ isRisky: false });
      lastGroup = undefined;
    } else if (character === ")") {
      lastGroup = groups.pop();
      const around = groups.at(-1);
      if (lastGroup?.isRisky && around !== undefined) around.isRisky = true;
    } else if (character === "|") {
      const inside = groups.at(-1);
      if (inside !== undefined) inside.isRisky = true;
      lastGroup = undefined;
    } else if (
      character === "*" ||
      character === "+" ||
      (character === "{" && /^\{\d+,?\d*\}/.test(source.slice(index)))
    ) {
      if (lastGroup?.isRisky) return true;
      const inside = groups.at(-1);
      if (inside !== undefined) inside.isRisky = true;
      openRepeats++;
      if (openRepeats > 12) return true;
      lastGroup = undefined;
    } else if (character !== "?") lastGroup = undefined;
  }
  return false;
}

function endOfClass(source: string, from: number): number {
  for (let index = from + 1; index < source.length; index++) {
    const character = source.charAt(index);
    if (character === "\\") index++;
    else if (character === "]") return index;
  }
  return source.length;
}
