/**
 * Text from label values and annotations, made fit to be shown: whoever can choose a label's value must not be able to break a
 * line, hide or reorder what stands beside it, or fill the screen. What a channel's own markup needs is its own affair.
 */

/** Controls, formats (bidi overrides and marks, zero-width, tags), separators, private and unassigned characters. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** What takes room or none, and shows nothing, though Unicode calls it a letter, a mark or a symbol. */
const BLANK =
  /\u034F|[\u115F\u1160\u2800\u3164\uFFA0]|\u17B4|\u17B5|[\u180B-\u180F]|[\uFE00-\uFE0E]|[\u{E0100}-\u{E01EF}]/gu;

/** White space that may stand where a word ends. */
const SPACES = /[\s\p{Zs}]+/gu;

/** More marks on one letter than any language has: they would climb over other lines. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** In characters that were left out. */
const ELLIPSIS = "…";

/**
 * One line, nothing unseen in it, at most so long.
 *
 * @param maxLength UTF-16 units, as JavaScript and Telegram count
 */
export function harmless(text: string, maxLength: number): string {
  // Bounded before it is looked at: what comes out is no longer than what goes in.
  const bounded = text.slice(0, maxLength * 4 + 100).toWellFormed();
  const line = bounded.replace(SPACES, " ").replace(UNSHOWN, "").replace(BLANK, "").replace(PILED_MARKS, "$1").trim();
  return shortened(line, text.length > bounded.length ? maxLength - 1 : maxLength, text.length > bounded.length);
}

/** Cut at a character's end, with a mark that says so. */
export function shortened(line: string, maxLength: number, isCut = false): string {
  if (line.length <= maxLength) return isCut ? line + ELLIPSIS : line;
  let end = Math.max(0, maxLength - ELLIPSIS.length);
  // Not between the halves of a surrogate pair.
  if (/[\uDC00-\uDFFF]/.test(line.charAt(end))) end--;
  return line.slice(0, Math.max(0, end)).trimEnd() + ELLIPSIS;
}

/** A link that may be shown and followed: http or https, without credentials, not too long; else `undefined`. */
export function harmlessUrl(text: string): string | undefined {
  if (text.length > MAX_URL_LENGTH || !/^https?:\/\//i.test(text.trim())) return undefined;
  try {
    const url = new URL(text.trim());
    if (url.username !== "" || url.password !== "" || url.hostname === "") return undefined;
    // What no markup takes for its own, also where the URL standard leaves it as it is.
    const href = url.href.replace(/[|<>"'`\\^{}]/g, percentEncoded);
    return href.length > MAX_URL_LENGTH ? undefined : href;
  } catch {
    return undefined;
  }
}

/** Longest link, characters. */
const MAX_URL_LENGTH = 1_000;

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
