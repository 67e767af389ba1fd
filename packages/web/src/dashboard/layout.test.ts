import { expect, test } from "vitest";
import { layOut, MAX_REPEATS } from "./layout.ts";
import { readDashboard } from "./read-dashboard.ts";

const options = (count: number) => () =>
  Array.from({ length: count }, (_, index) => ({ text: `b${index}`, value: `b${index}` }));

test("panels belong to the row above them; a folded row holds its own", () => {
  const { panels } = readDashboard({
    title: "T",
    panels: [
      { type: "stat", id: 1, gridPos: { x: 0, y: 0, w: 6, h: 4 } },
      { type: "row", id: 2, title: "A", gridPos: { x: 0, y: 4, w: 24, h: 1 } },
      { type: "stat", id: 3, gridPos: { x: 0, y: 5, w: 6, h: 4 } },
      {
        type: "row",
        id: 4,
        title: "B",
        collapsed: true,
        gridPos: { x: 0, y: 9, w: 24, h: 1 },
        panels: [{ type: "stat", id: 5, gridPos: { x: 0, y: 10, w: 6, h: 4 } }],
      },
    ],
  });

  const sections = layOut(panels, options(0));

  expect(sections.map(({ row, panels: inner }) => [row?.title, row?.isCollapsed, inner.map(({ id }) => id)])).toEqual([
    [undefined, undefined, ["1"]],
    ["A", false, ["3"]],
    ["B", true, ["5"]],
  ]);
});

test("a panel repeats sideways, as many to a line as it says, and what is below moves down", () => {
  const { panels } = readDashboard({
    title: "T",
    panels: [
      { type: "stat", id: 1, repeat: "bot", maxPerRow: 3, gridPos: { x: 0, y: 0, w: 8, h: 4 } },
      { type: "stat", id: 2, gridPos: { x: 0, y: 4, w: 24, h: 2 } },
    ],
  });

  const [section] = layOut(panels, options(5));

  expect(section?.panels.map(({ id, grid: { x, y, w } }) => [id, x, y, w])).toEqual([
    ["1", 0, 0, 8],
    ["1~1", 8, 0, 8],
    ["1~2", 16, 0, 8],
    ["1~3", 0, 4, 8],
    ["1~4", 8, 4, 8],
    ["2", 0, 8, 24],
  ]);
  expect(section?.panels[3]?.scope.get("bot")?.value).toBe("b3");
});

test("a row repeats with its panels, each for its value", () => {
  const { panels } = readDashboard({
    title: "T",
    panels: [
      { type: "row", id: 1, title: "$bot", repeat: "bot", gridPos: { x: 0, y: 0, w: 24, h: 1 } },
      { type: "stat", id: 2, gridPos: { x: 0, y: 1, w: 6, h: 4 } },
    ],
  });

  const sections = layOut(panels, options(2));

  expect(
    sections.map(({ row, panels: [panel] }) => [
      row?.scope.get("bot")?.value,
      panel?.id,
      panel?.scope.get("bot")?.value,
    ]),
  ).toEqual([
    ["b0", "2", "b0"],
    ["b1", "2~1", "b1"],
  ]);
});

test("repeats without end are cut", () => {
  const { panels } = readDashboard({
    title: "T",
    panels: [{ type: "stat", id: 1, repeat: "bot", gridPos: { x: 0, y: 0, w: 24, h: 4 } }],
  });

  expect(layOut(panels, options(5000))[0]?.panels).toHaveLength(MAX_REPEATS);
});
