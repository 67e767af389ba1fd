/**
 * Colours of dashboards, for the theme that is on: Grafana's names (`semi-dark-red`), CSS colours, palettes, scales. Whatever is no colour
 * becomes the colour of text: these strings come from foreign files, and go into canvases and attributes.
 */

/** Colours of the page, read from its tokens. All as `#rrggbb`. */
export interface Theme {
  readonly isDark: boolean;
  readonly text: string;
  readonly mutedText: string;
  readonly ground: string;
  readonly sunken: string;
  readonly border: string;
  readonly accent: string;
  readonly font: string;
  readonly series: readonly string[];
}

/** Red, green and blue from 0 to 255, opacity from 0 to 1. */
export type Rgba = readonly [number, number, number, number];

const HUES: Readonly<Record<string, readonly [string, string, string, string, string]>> = {
  // super-light, light, plain, semi-dark, dark
  red: ["#ffa6b0", "#ff7383", "#f2495c", "#e02f44", "#c4162a"],
  orange: ["#ffcb7d", "#ffb357", "#ff9830", "#ff780a", "#fa6400"],
  yellow: ["#fff899", "#ffee52", "#fade2a", "#f2cc0c", "#e0b400"],
  green: ["#c8f2c2", "#96d98d", "#73bf69", "#56a64b", "#37872d"],
  blue: ["#c0d8ff", "#8ab8ff", "#5794f2", "#3274d9", "#1f60c4"],
  purple: ["#deb6f2", "#ca95e5", "#b877d9", "#a352cc", "#8f3bb8"],
};
const SHADES = ["super-light", "light", "", "semi-dark", "dark"];

const CSS_NAMES: Readonly<Record<string, string>> = {
  black: "#000000",
  white: "#ffffff",
  gray: "#808080",
  grey: "#808080",
  silver: "#c0c0c0",
  maroon: "#800000",
  navy: "#000080",
  teal: "#008080",
  aqua: "#00ffff",
  cyan: "#00ffff",
  magenta: "#ff00ff",
  fuchsia: "#ff00ff",
  lime: "#00ff00",
  olive: "#808000",
  pink: "#ffc0cb",
  brown: "#a52a2a",
  gold: "#ffd700",
  indigo: "#4b0082",
  violet: "#ee82ee",
};

/** @returns a colour for canvas and CSS, whatever `name` is */
export function colorOf(name: string, theme: Theme): string {
  const found = namedColor(name, theme);
  if (found !== undefined) return found;
  const rgba = parseColor(name);
  return rgba === undefined ? theme.text : rgbaText(rgba);
}

function namedColor(name: string, theme: Theme): string | undefined {
  if (name === "transparent") return "rgba(0, 0, 0, 0)";
  if (name === "text" || name === "") return theme.text;
  if (name.startsWith("series-")) return seriesColor(Number(name.slice(7)) - 1, theme);
  const dash = name.lastIndexOf("-");
  const hue = name.slice(dash + 1);
  const shades = Object.hasOwn(HUES, hue) ? HUES[hue] : undefined;
  if (shades !== undefined) return shades[SHADES.indexOf(dash === -1 ? "" : name.slice(0, dash))] ?? shades[2];
  return Object.hasOwn(CSS_NAMES, name) ? CSS_NAMES[name] : undefined;
}

/** @param index from 0; beyond the palette it begins again */
export function seriesColor(index: number, theme: Theme): string {
  const count = Math.max(1, theme.series.length);
  return theme.series[((Math.trunc(index) % count) + count) % count] ?? theme.text;
}

/** The same colour for the same name on each dashboard. */
export function colorByName(name: string, theme: Theme): string {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return seriesColor(Math.abs(hash), theme);
}

export function parseColor(text: string): Rgba | undefined {
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const long = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
    const part = (index: number): number => Number.parseInt(long.slice(index, index + 2), 16);
    return [part(0), part(2), part(4), long.length === 8 ? part(6) / 255 : 1];
  }
  const match = /^(rgb|hsl)a?\(([\d.,%\s/-]{1,60})\)$/i.exec(text.trim());
  if (match === null) return undefined;
  const parts = (match[2] ?? "").split(/[\s,/]+/).filter((part) => part !== "");
  const [a = 0, b = 0, c = 0] = parts.map(Number.parseFloat);
  const last = parts[3];
  const opacity = last === undefined ? 1 : Number.parseFloat(last) / (last.endsWith("%") ? 100 : 1);
  if (![a, b, c, opacity].every(Number.isFinite)) return undefined;
  return match[1]?.toLowerCase() === "rgb"
    ? [byte(a), byte(b), byte(c), unit(opacity)]
    : hslToRgb(a, b, c, unit(opacity));
}

function hslToRgb(hue: number, saturation: number, lightness: number, opacity: number): Rgba {
  const s = unit(saturation / 100);
  const l = unit(lightness / 100);
  const part = (n: number): number => {
    const k = (((n + hue / 30) % 12) + 12) % 12;
    return byte(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [part(0), part(8), part(4), opacity];
}

export function rgbaText([red, green, blue, opacity]: Rgba): string {
  if (opacity < 1) return `rgba(${red}, ${green}, ${blue}, ${Math.round(opacity * 1000) / 1000})`;
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** @param opacity from 0 to 1, of the colour's own */
export function withOpacity(color: string, opacity: number): string {
  const [red, green, blue, own] = parseColor(color) ?? [128, 128, 128, 1];
  return rgbaText([red, green, blue, own * unit(opacity)]);
}

/** The colour, or a lighter or darker one of its hue that can be read on the ground: 4.5:1 (WCAG AA). */
export function readableOn(color: string, ground: string): string {
  const own = parseColor(color);
  const under = parseColor(ground);
  if (own === undefined || under === undefined) return color;
  const target = luminance(under) > 0.4 ? 0 : 255;
  let [red, green, blue] = over(own, under);
  for (let round = 0; round < 20 && contrast([red, green, blue, 1], under) < 4.6; round++) {
    red += (target - red) * 0.12;
    green += (target - green) * 0.12;
    blue += (target - blue) * 0.12;
  }
  return rgbaText([byte(red), byte(green), byte(blue), 1]);
}

/** Black or white, whichever is read better on it. */
export function textOn(color: string, ground: string): string {
  const own = parseColor(color);
  const under = parseColor(ground) ?? [255, 255, 255, 1];
  if (own === undefined) return "#ffffff";
  const shown = over(own, under);
  return contrast(shown, [255, 255, 255, 1]) >= contrast(shown, [16, 20, 24, 1]) ? "#ffffff" : "#101418";
}

function over([red, green, blue, opacity]: Rgba, [r, g, b]: Rgba): Rgba {
  const mix = (top: number, bottom: number): number => top * opacity + bottom * (1 - opacity);
  return [mix(red, r), mix(green, g), mix(blue, b), 1];
}

/** WCAG 2.2, relative luminance. */
function luminance([red, green, blue]: Rgba): number {
  const part = (value: number): number => {
    const share = value / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(a: Rgba, b: Rgba): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** Grafana's continuous colour modes. */
const CONTINUOUS: Readonly<Record<string, readonly string[]>> = {
  "continuous-GrYlRd": ["green", "yellow", "red"],
  "continuous-RdYlGr": ["red", "yellow", "green"],
  "continuous-BlYlRd": ["dark-blue", "super-light-yellow", "dark-red"],
  "continuous-YlRd": ["super-light-yellow", "dark-red"],
  "continuous-BlPu": ["blue", "purple"],
  "continuous-YlBl": ["super-light-yellow", "dark-blue"],
  "continuous-blues": ["#101c33", "dark-blue", "super-light-blue"],
  "continuous-reds": ["#33100f", "dark-red", "super-light-red"],
  "continuous-greens": ["#122810", "dark-green", "super-light-green"],
  "continuous-purples": ["#231030", "dark-purple", "super-light-purple"],
  "continuous-viridis": ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"],
  "continuous-magma": ["#000004", "#51127c", "#b73779", "#fc8961", "#fcfdbf"],
  "continuous-plasma": ["#0d0887", "#7e03a8", "#cc4778", "#f89540", "#f0f921"],
  "continuous-inferno": ["#000004", "#57106e", "#bc3754", "#f98e09", "#fcffa4"],
  "continuous-cividis": ["#00224e", "#575d6d", "#a59c74", "#fee838"],
};

/** Schemes of heatmaps, from few to many. */
const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  oranges: ["#fff5eb", "#fdd0a2", "#fd8d3c", "#d94801", "#7f2704"],
  reds: ["#fff5f0", "#fcbba1", "#fb6a4a", "#cb181d", "#67000d"],
  blues: ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"],
  greens: ["#f7fcf5", "#c7e9c0", "#74c476", "#238b45", "#00441b"],
  greys: ["#ffffff", "#d9d9d9", "#969696", "#525252", "#000000"],
  purples: ["#fcfbfd", "#dadaeb", "#9e9ac8", "#6a51a3", "#3f007d"],
  spectral: ["#3288bd", "#99d594", "#e6f598", "#fee08b", "#fc8d59", "#d53e4f"],
  rdylgn: ["#1a9850", "#91cf60", "#fee08b", "#fc8d59", "#d73027"],
  viridis: CONTINUOUS["continuous-viridis"] ?? [],
  magma: CONTINUOUS["continuous-magma"] ?? [],
  plasma: CONTINUOUS["continuous-plasma"] ?? [],
  inferno: CONTINUOUS["continuous-inferno"] ?? [],
  cividis: CONTINUOUS["continuous-cividis"] ?? [],
  turbo: ["#30123b", "#28bceb", "#a4fc3c", "#fb7e21", "#7a0403"],
  ylorrd: ["#ffffcc", "#fed976", "#fd8d3c", "#e31a1c", "#800026"],
  ylorbr: ["#ffffe5", "#fee391", "#fe9929", "#cc4c02", "#662506"],
  orrd: ["#fff7ec", "#fdd49e", "#fc8d59", "#d7301f", "#7f0000"],
  ylgnbu: ["#ffffd9", "#c7e9b4", "#41b6c4", "#225ea8", "#081d58"],
};

export function isContinuous(mode: string): boolean {
  return mode.startsWith("continuous-");
}

/** @param share from 0 to 1 */
export function continuousColor(mode: string, share: number, theme: Theme): string {
  const stops = (Object.hasOwn(CONTINUOUS, mode) ? CONTINUOUS[mode] : undefined) ?? ["green", "yellow", "red"];
  return mixed(
    stops.map((stop) => colorOf(stop, theme)),
    share,
  );
}

/** @param scheme `Oranges`; unknown ones are Oranges @returns as many colours, from few to many; on dark ground the light end means many */
export function schemeColors(
  scheme: string,
  count: number,
  { isReversed, theme }: { isReversed: boolean; theme: Theme },
): readonly string[] {
  const key = scheme.toLowerCase();
  const stops = (Object.hasOwn(SCHEMES, key) ? SCHEMES[key] : undefined) ?? SCHEMES["oranges"] ?? [];
  const runsUp = theme.isDark !== isReversed ? stops.toReversed() : stops;
  return Array.from({ length: count }, (_, index) => mixed(runsUp, count < 2 ? 1 : index / (count - 1)));
}

function mixed(stops: readonly string[], share: number): string {
  const place = unit(share) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const from = parseColor(stops[Math.max(0, index)] ?? "") ?? [0, 0, 0, 1];
  const to = parseColor(stops[index + 1] ?? "") ?? from;
  const part = place - index;
  const mix = (a: number, b: number): number => Math.round(a + (b - a) * part);
  return rgbaText([mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2]), 1]);
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

function unit(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(0, Math.min(1, value));
}
