/** The page's colours as canvases need them: read from the tokens, and again when the theme changes. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { parseColor, rgbaText, type Theme } from "../format/color.ts";

const SERIES = 12;

const FALLBACK: Theme = {
  isDark: false,
  text: "#15202b",
  mutedText: "#4c5966",
  ground: "#ffffff",
  sunken: "#e9edf1",
  border: "#d3dae1",
  accent: "#1a56c4",
  font: "12px sans-serif",
  series: ["#1a66c9"],
};

let shared: ReadonlySignal<Theme> | undefined;

/** One for the whole page: it listens to what changes the theme as long as the page is there. */
export function pageTheme(): ReadonlySignal<Theme> {
  if (shared !== undefined) return shared;
  const theme = signal(readTheme());
  const update = (): void => {
    theme.value = readTheme();
  };
  new MutationObserver(update).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update);
  shared = theme;
  return shared;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (token: string, otherwise: string): string => {
    const rgba = parseColor(style.getPropertyValue(token));
    return rgba === undefined ? otherwise : rgbaText(rgba);
  };
  const chosen = document.documentElement.dataset["theme"];
  const series = Array.from({ length: SERIES }, (_, index) => color(`--series-${index + 1}`, ""));
  return {
    isDark: chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches),
    text: color("--text", FALLBACK.text),
    mutedText: color("--text-muted", FALLBACK.mutedText),
    ground: color("--bg-raised", FALLBACK.ground),
    sunken: color("--bg-sunken", FALLBACK.sunken),
    border: color("--border", FALLBACK.border),
    accent: color("--accent", FALLBACK.accent),
    font: `12px ${style.getPropertyValue("--font").trim() || "sans-serif"}`,
    series: series.some((one) => one === "") ? FALLBACK.series : series,
  };
}
