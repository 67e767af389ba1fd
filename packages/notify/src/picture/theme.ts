/** Colours. The lines' are those of Okabe and Ito, which colour-blind people tell apart; darker or lighter where a background asks for it. */
import type { Look } from "../message/level.ts";
import type { ChartTheme } from "./alert-chart.ts";

export interface Theme {
  readonly background: string;
  readonly text: string;
  /** For what is read second: axes, where it is. */
  readonly quiet: string;
  readonly grid: string;
  readonly lines: readonly string[];
  /** Of the limit. No line has it. */
  readonly limit: string;
  /** How much of the limit's colour is on the side that fires, 0–1. */
  readonly tint: number;
  readonly levels: Readonly<Record<Look, { readonly fill: string; readonly text: string }>>;
}

export const THEMES: Readonly<Record<ChartTheme, Theme>> = {
  light: {
    background: "#ffffff",
    text: "#14181f",
    quiet: "#565f6d",
    grid: "#e2e6eb",
    lines: ["#0067a8", "#e08a00", "#00896a", "#b0578c", "#3aa0dd"],
    limit: "#c62828",
    tint: 0.08,
    levels: {
      critical: { fill: "#c62828", text: "#ffffff" },
      warning: { fill: "#ffc233", text: "#14181f" },
      info: { fill: "#2f6fb5", text: "#ffffff" },
      resolved: { fill: "#1b7f4d", text: "#ffffff" },
      unknown: { fill: "#455a64", text: "#ffffff" },
    },
  },
  dark: {
    background: "#12161c",
    text: "#f2f5f8",
    quiet: "#a5b0bf",
    grid: "#2a313b",
    lines: ["#56b4e9", "#f0a830", "#2fc79a", "#e08fbd", "#c9d4e3"],
    limit: "#ff6b60",
    tint: 0.14,
    levels: {
      critical: { fill: "#e5484d", text: "#ffffff" },
      warning: { fill: "#ffc233", text: "#14181f" },
      info: { fill: "#3d84d0", text: "#ffffff" },
      resolved: { fill: "#2f9e66", text: "#ffffff" },
      unknown: { fill: "#78909c", text: "#14181f" },
    },
  },
};
