/** Where panels stand: rows with what belongs to them, repeats spread out, nothing over anything else. */
import type { GridPosition, Panel, VariableOption } from "./model.ts";
import { GRID_COLUMNS } from "./read-panel.ts";

export const MAX_REPEATS = 100;
/** After repeats. */
const MAX_PLACED = 1000;

export interface Section {
  /** `undefined`: what stands before the first row. */
  readonly row: Panel | undefined;
  /** `grid.y` counts from the section's top. */
  readonly panels: readonly Panel[];
  /** Lines of the grid. */
  readonly height: number;
}

/** The values a repeat runs over: those chosen. */
export type RepeatValues = (variable: string, scope: Panel["scope"]) => readonly VariableOption[];

export function layOut(panels: readonly Panel[], repeatValues: RepeatValues): readonly Section[] {
  let left = MAX_PLACED;
  return rowsOf(panels)
    .flatMap((section) => repeatedRow(section, repeatValues))
    .map(({ row, panels: inner }) => {
      const placed = withoutOverlap(spread(inner, repeatValues)).slice(0, Math.max(0, left));
      left -= placed.length;
      return { row, panels: placed, height: Math.max(0, ...placed.map(({ grid }) => grid.y + grid.h)) };
    })
    .filter(({ row, panels: placed }) => row !== undefined || placed.length > 0);
}

interface Loose {
  readonly row: Panel | undefined;
  readonly panels: readonly Panel[];
}

/** A row has what stands between it and the next, or, folded, what it holds. */
function rowsOf(panels: readonly Panel[]): readonly Loose[] {
  const sorted = panels.toSorted((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x);
  const sections: { row: Panel | undefined; panels: Panel[] }[] = [{ row: undefined, panels: [] }];
  for (const panel of sorted) {
    if (panel.kind === "row") sections.push({ row: panel, panels: [...panel.panels] });
    else sections.at(-1)?.panels.push(panel);
  }
  return sections;
}

function repeatedRow(section: Loose, repeatValues: RepeatValues): readonly Loose[] {
  const { row, panels } = section;
  if (row === undefined || row.repeat === "") return [section];
  const values = repeatValues(row.repeat, row.scope).slice(0, MAX_REPEATS);
  if (values.length === 0) return [section];
  return values.map((option, index) => ({
    row: scoped(row, row.repeat, option, index),
    panels: panels.map((panel) => scoped(panel, row.repeat, option, index)),
  }));
}

function scoped(panel: Panel, variable: string, option: VariableOption, index: number): Panel {
  return {
    ...panel,
    id: index === 0 ? panel.id : `${panel.id}~${index}`,
    scope: new Map([...panel.scope, [variable, option]]),
  };
}

/** Panels that repeat, each as often as its variable has values; what stands below moves down. */
function spread(panels: readonly Panel[], repeatValues: RepeatValues): readonly Panel[] {
  const sorted = panels.toSorted((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x);
  const result: Panel[] = [];
  let moved = 0;
  let movedFrom = 0;
  for (const panel of sorted) {
    if (result.length >= MAX_PLACED) break;
    const y = panel.grid.y + (panel.grid.y >= movedFrom ? moved : 0);
    const values = panel.repeat === "" ? [] : repeatValues(panel.repeat, panel.scope).slice(0, MAX_REPEATS);
    if (values.length === 0) {
      result.push({ ...panel, grid: { ...panel.grid, y } });
      continue;
    }
    const { h } = panel.grid;
    const perRow = panel.repeatsDown ? 1 : Math.min(panel.maxPerRow, values.length);
    const w = panel.repeatsDown ? panel.grid.w : Math.max(1, Math.floor(GRID_COLUMNS / perRow));
    for (const [index, option] of values.entries()) {
      const grid: GridPosition = {
        w,
        h,
        x: panel.repeatsDown ? panel.grid.x : (index % perRow) * w,
        y: y + Math.floor(index / perRow) * h,
      };
      result.push({ ...scoped(panel, panel.repeat, option, index), grid });
    }
    moved += (Math.ceil(values.length / perRow) - 1) * h;
    movedFrom = panel.grid.y + h;
  }
  return result;
}

/** Files made by hand or by program put panels on each other: the later one moves down. Empty lines on top go. */
function withoutOverlap(panels: readonly Panel[]): readonly Panel[] {
  const placed: Panel[] = [];
  // The first free line of each column: panels come sorted, so what is above it is taken or lost.
  const free = new Array<number>(GRID_COLUMNS).fill(0);
  const top = Math.min(...panels.map(({ grid }) => grid.y));
  for (const panel of panels.toSorted((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x)) {
    const { x, w, h } = panel.grid;
    const y = Math.min(panel.grid.y - top, Math.max(0, ...free));
    const floor = Math.max(y, ...free.slice(x, x + w));
    for (let column = x; column < Math.min(GRID_COLUMNS, x + w); column++) free[column] = floor + h;
    placed.push({ ...panel, grid: { x, w, h, y: floor } });
  }
  return placed;
}
