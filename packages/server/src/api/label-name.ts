/**
 * Names of labels that a URL could not hold as they are: `U__` and then `_` for what is none of `[a-zA-Z0-9:]`, as `_2e_` for
 * the dot, and `__` for the underscore itself. Source: prometheus/common, model/metric.go (`UnescapeName`).
 */

const PREFIX = "U__";

/** Code points have at most six hexadecimal digits; upstream stops one sooner. */
const MAX_CODE_DIGITS = 6;

const ESCAPE = /_(?:_|([0-9a-fA-F]*)_)|_/g;

/** The name that is meant; what is not escaped as it should be is the name itself. */
export function unescapedName(name: string): string {
  if (!name.startsWith(PREFIX)) return name;
  let isValid = true;
  const text = name.slice(PREFIX.length).replaceAll(ESCAPE, (whole, code: string | undefined) => {
    if (whole === "__") return "_";
    const point = code === undefined || code.length >= MAX_CODE_DIGITS ? -1 : Number.parseInt(`0${code}`, 16);
    const isCharacter = point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    isValid &&= isCharacter;
    return isCharacter ? String.fromCodePoint(point) : "";
  });
  return isValid ? text : name;
}
