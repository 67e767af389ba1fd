/** How cells of a column look: `custom.cellOptions`, and the names that older tables had for it. */
import { at, numberOf, textOf, wordOf } from "../../dashboard/json.ts";
import type { ShownField } from "../../format/shown-field.ts";
import { shareOf } from "../../format/thresholds.ts";

export interface CellStyle {
  readonly kind: "plain" | "color-text" | "color-background" | "color-background-gradient" | "bar";
  readonly align: "left" | "center" | "right";
  /** CSS pixels. */
  readonly width: number | undefined;
  readonly minWidth: number | undefined;
}

export function cellStyle({ type, config: { custom } }: ShownField): CellStyle {
  const cell = custom["cellOptions"];
  const align = wordOf(custom["align"], ["left", "center", "right", "auto"], "auto");
  return {
    kind: kindOf(
      textOf(at(cell, "type"), 50) ?? textOf(custom["displayMode"], 50) ?? "",
      textOf(at(cell, "mode"), 50) ?? "",
    ),
    align: align === "auto" ? (type === "number" ? "right" : "left") : align,
    width: pixels(numberOf(custom["width"])),
    minWidth: pixels(numberOf(custom["minWidth"])),
  };
}

function kindOf(type: string, mode: string): CellStyle["kind"] {
  switch (type) {
    case "color-text":
      return "color-text";
    case "color-background":
      return mode === "gradient" ? "color-background-gradient" : "color-background";
    case "color-background-solid":
      return "color-background";
    case "gauge":
    case "basic":
    case "gradient-gauge":
    case "lcd-gauge":
      return "bar";
    default:
      return "plain";
  }
}

function pixels(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : Math.min(2000, value);
}

/** From 0 to 1: how much of a cell its bar fills. */
export function barShare(field: ShownField, value: number): number {
  const share = shareOf(value, field.range);
  return Number.isNaN(share) ? 0 : Math.max(0, Math.min(1, share));
}
