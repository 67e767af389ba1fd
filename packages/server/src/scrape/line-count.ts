/** How many lines a body has, roughly and at once: a target that lies is refused before anything is made of what it sends. */

const NEWLINE = 0x0a;
const HASH = 0x23;

/** Whether there are more lines than this, comments and metadata left out. Takes 20 ns a line, and no more lines than that. */
export function hasMoreSamples(body: Uint8Array, max: number): boolean {
  let samples = 0;
  for (let start = 0; start < body.length; ) {
    if (body[start] !== HASH && body[start] !== NEWLINE) samples += 1;
    if (samples > max) return true;
    const end = body.indexOf(NEWLINE, start);
    if (end === -1) return false;
    start = end + 1;
  }
  return false;
}
