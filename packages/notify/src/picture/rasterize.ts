/** From SVG to PNG. The fonts are the package's own: a server has none, and without one all text silently vanishes. */
import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { FONT_FAMILY } from "./chart-svg.ts";

/** Larger than it is laid out: 1,260 pixels wide. A phone shows them all, and Telegram makes what is over 1,280 smaller. */
const ZOOM = 1.4;

const require = createRequire(import.meta.url);
const FONT_FILES = ["DejaVuSansCondensed", "DejaVuSansCondensed-Bold"].map((name) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`),
);

/** The same bytes for the same text. */
export function rasterize(svg: string): Uint8Array {
  const font = { fontFiles: FONT_FILES, loadSystemFonts: false, defaultFontFamily: FONT_FAMILY };
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: ZOOM }, logLevel: "off" }).render().asPng();
}
