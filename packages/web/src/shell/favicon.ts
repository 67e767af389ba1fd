/** The icon in the browser's tab: its colour and its shape say how things stand. */
import type { Tone } from "../elements/health.tsx";

/** Readable on light and dark tab bars alike. */
const COLOURS: Readonly<Record<Tone, string>> = {
  ok: "#1f9d5b",
  warning: "#d98e04",
  critical: "#d92632",
  paused: "#8b3fd1",
  unknown: "#7b8794",
  info: "#1a66c9",
};

/** Drawn in a box of 32. */
const SHAPES: Readonly<Record<Tone, string>> = {
  ok: "M9 16.5l5 5L23.5 11",
  warning: "M16 8v10M16 23v.5",
  critical: "M10.5 10.5l11 11M21.5 10.5l-11 11",
  paused: "M12 9v14M20 9v14",
  unknown: "M10 16h12",
  info: "M16 15v8M16 9v.5",
};

function faviconAddress(tone: Tone): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${COLOURS[tone]}"/>` +
    `<path d="${SHAPES[tone]}" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

export function showFavicon(document: Document, tone: Tone): void {
  let link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) {
    link = document.createElement("link");
    link.rel = "icon";
    document.head.append(link);
  }
  const address = faviconAddress(tone);
  if (link.href !== address) link.href = address;
}
