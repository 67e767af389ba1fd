/** Dashboards before Grafana 5: panels in rows, twelve units wide, instead of places on a grid. */
import { flagOf, type Json, type JsonObject, numberOf, objectsOf, textOf } from "./json.ts";

const CELL_PX = 38;
const DEFAULT_ROW_PX = 250;
const MAX_ROWS = 200;

export function panelsOfRows(json: Json | undefined): readonly JsonObject[] {
  const panels: JsonObject[] = [];
  let y = 0;
  const rows = objectsOf(json, MAX_ROWS);
  // Rows without titles only broke the lines: they are shown as headings if any of them is more than that.
  const showsRows = rows.some(
    (row) => flagOf(row["collapse"]) || flagOf(row["showTitle"]) || textOf(row["repeat"], 10),
  );
  for (const [index, row] of rows.entries()) {
    const inner: JsonObject[] = [];
    const height = Math.max(1, Math.ceil((pixels(row["height"]) ?? DEFAULT_ROW_PX) / CELL_PX));
    const isCollapsed = flagOf(row["collapse"]);
    if (showsRows) {
      panels.push({
        type: "row",
        id: `row-${index}`,
        title: textOf(row["title"], 1000) ?? "",
        collapsed: isCollapsed,
        repeat: textOf(row["repeat"], 200) ?? "",
        gridPos: { x: 0, y, w: 24, h: 1 },
        panels: isCollapsed ? inner : [],
      });
      y++;
    }
    let x = 0;
    let tallest = 0;
    for (const panel of objectsOf(row["panels"], 200)) {
      const w = Math.max(1, Math.min(24, Math.round((numberOf(panel["span"]) ?? 4) * 2)));
      const h = Math.max(1, Math.ceil((pixels(panel["height"]) ?? height * CELL_PX) / CELL_PX));
      if (x + w > 24) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      const placed: JsonObject = { ...panel, gridPos: { x, y, w, h } };
      (isCollapsed ? inner : panels).push(placed);
      x += w;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return panels;
}

function pixels(value: Json | undefined): number | undefined {
  const number = numberOf(typeof value === "string" ? value.replace("px", "") : value);
  return number === undefined || number <= 0 ? undefined : Math.min(5000, number);
}
