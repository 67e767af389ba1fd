/** How large the texts of a stat may be: a value is never cut, so it gives way in size. */

/** CSS pixels. */
const LARGEST = 72;
const SMALLEST = 11;
const NAME = 13;
const SMALLEST_NAME = 10;
const LINE = 1.25;
/** Left and right of a text, together. */
const PADDING = 20;

interface StatSizes {
  readonly value: number;
  readonly name: number;
  /** Whether the value is too long for one line at any size that can be read: then it takes several. */
  readonly isLong: boolean;
}

/**
 * @param room of the value's box, in CSS pixels
 * @param valueWidth of the value with what stands before and after it, at a size of one pixel
 * @param nameWidth at a size of one pixel; 0: no name is shown
 */
export function fittingSizes(
  room: { readonly width: number; readonly height: number },
  valueWidth: number,
  nameWidth: number,
): StatSizes {
  const width = Math.max(1, room.width - PADDING);
  const name = Math.max(SMALLEST_NAME, Math.min(NAME, width / Math.max(nameWidth, 0.01)));
  const height = Math.max(0, room.height - (nameWidth > 0 ? name * LINE + 2 : 0));
  // Air above and below, where there is room for it.
  const byHeight = Math.max((height - 12) * 0.6, Math.min(16, height / LINE));
  const fits = Math.min(LARGEST, byHeight, width / Math.max(valueWidth, 0.01));
  return { value: Math.max(SMALLEST, fits), name, isLong: width < valueWidth * SMALLEST };
}
