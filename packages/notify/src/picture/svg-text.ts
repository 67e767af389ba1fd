/** Text in a picture. What it says comes from label values: it is made harmless here, and cut where it would not fit. */

/** Controls, what turns the direction of writing, and what XML does not know. */
const UNWRITABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff0-\uffff]|\p{Cs}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** One line, as it may stand in an SVG. */
export function svgText(text: string): string {
  return cleaned(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}

/**
 * Cut with `…` so that it is not wider than this.
 *
 * @param width pixels
 * @param size of the font, pixels
 */
export function fitted(text: string, width: number, size: number): string {
  const chars = [...cleaned(text)];
  if (textWidth(chars, size) <= width) return chars.join("");
  const room = width - size;
  let used = 0;
  let kept = 0;
  for (const char of chars) {
    used += advance(char) * size;
    if (used > room) break;
    kept += 1;
  }
  return `${chars.slice(0, kept).join("").trimEnd()}…`;
}

/** About how wide it is, pixels; rather too much than too little. */
export function textWidth(text: Iterable<string>, size: number): number {
  let sum = 0;
  for (const char of text) sum += advance(char) * size;
  return sum;
}

function cleaned(text: string): string {
  return text.toWellFormed().replaceAll(/\s+/g, " ").replaceAll(UNWRITABLE, "�").trim();
}

/** Of DejaVu Sans Condensed Bold, in ems; that of its regular face is a little less. */
function advance(char: string): number {
  if (/[ijlI.,:;'|!]/.test(char)) return 0.36;
  if (/[ ftr()[\]{}/"*-]/.test(char)) return 0.44;
  if (/[mwMW@%…→—]/.test(char)) return 0.95;
  if (/[A-Z&=+<>~_]/.test(char)) return 0.72;
  return char <= "\u04ff" ? 0.64 : 1;
}
