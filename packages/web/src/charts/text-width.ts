/** How wide texts are, so that they can be made to fit. */

/** Made once: making one takes longer than measuring a hundred texts. */
let context: OffscreenCanvasRenderingContext2D | null | undefined;

/** @param font as CSS writes it: `600 100px sans-serif` @returns CSS pixels */
export function textWidth(text: string, font: string): number {
  context ??= new OffscreenCanvas(1, 1).getContext("2d");
  if (context === null) return 0;
  context.font = font;
  return context.measureText(text).width;
}
