// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Grafana’s variables
import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { layOut } from "./layout.ts";
import { PANEL_KINDS, type Panel } from "./model.ts";
import { readDashboard } from "./read-dashboard.ts";

const KNOWN: readonly string[] = [...PANEL_KINDS, "missing", "unknown"];

/** Dashboards of others beside the checkout, where there are any: read in place, never a part of it. */
const FOLDER = fileURLToPath(new URL("../../../../../shared/inputs/dashboards/", import.meta.url));
const FILES = existsSync(FOLDER) ? globSync("**/*.json", { cwd: FOLDER }) : [];

function all(panels: readonly Panel[]): readonly Panel[] {
  return panels.flatMap((panel) => [panel, ...all(panel.panels)]);
}

test.skipIf(FILES.length === 0 && process.env["CI"] !== "true")(
  `published dashboards are read: every panel is known, has an id of its own and a place${FILES.length === 0 ? " (no test data here)" : ""}`,
  () => {
    expect(FILES.length).toBeGreaterThan(0);
    for (const file of FILES) {
      const dashboard = readDashboard(JSON.parse(readFileSync(`${FOLDER}${file}`, "utf8")));
      const panels = all(dashboard.panels);

      expect(panels.length, file).toBeGreaterThan(0);
      expect(new Set(panels.map(({ id }) => id)).size, file).toBe(panels.length);
      expect(
        panels.filter(({ kind }) => kind === "unknown" || kind === "missing"),
        file,
      ).toEqual([]);
      expect(
        panels.flatMap(({ targets }) => targets).filter(({ foreign }) => foreign !== undefined),
        file,
      ).toEqual([]);
    }
  },
);

test("a graph of Grafana 4 in rows becomes a time series on a grid", () => {
  const { panels } = readDashboard({
    title: "old",
    rows: [
      {
        title: "Latency",
        showTitle: true,
        height: "250px",
        panels: [
          {
            id: 1,
            type: "graph",
            span: 6,
            datasource: "prometheus",
            targets: [{ expr: "up", legendFormat: "{{job}}" }],
            yaxes: [{ format: "ms", min: 0, logBase: 10 }, { format: "bytes" }],
            stack: true,
            fill: 3,
            nullPointMode: "connected",
            legend: { show: true, values: true, avg: true, current: true, alignAsTable: true },
            seriesOverrides: [{ alias: "/mem/", yaxis: 2 }],
            aliasColors: { api: "#ff0000" },
            thresholds: [{ value: 5, op: "gt", colorMode: "critical" }],
          },
          {
            id: 2,
            type: "singlestat",
            span: 6,
            format: "percent",
            thresholds: "50,80",
            colors: ["green", "orange", "red"],
            colorValue: true,
            valueName: "avg",
            gauge: { show: true, minValue: 0, maxValue: 100 },
          },
        ],
      },
    ],
  });

  const [row, graph, single] = panels;
  expect(row?.kind).toBe("row");
  expect(graph?.kind).toBe("timeseries");
  expect(graph?.grid).toEqual({ x: 0, y: 1, w: 12, h: 7 });
  expect(graph?.fieldDefaults.unit).toBe("ms");
  expect(graph?.fieldDefaults.custom).toMatchObject({
    fillOpacity: 30,
    spanNulls: true,
    stacking: { mode: "normal" },
    scaleDistribution: { type: "log" },
  });
  expect(graph?.overrides.map(({ matcher }) => matcher)).toEqual(["byName", "byRegexp"]);
  expect(graph?.options).toMatchObject({ legend: { displayMode: "table", calcs: ["mean", "lastNotNull"] } });
  expect(single?.kind).toBe("gauge");
  expect(single?.fieldDefaults.thresholds?.steps.map(({ value }) => value)).toEqual([Number.NEGATIVE_INFINITY, 50, 80]);
});

test("the same dashboard as Grafana's API and its resources wrap it", () => {
  const inner = { title: "T", panels: [{ type: "text" }] };

  expect(readDashboard({ dashboard: inner, meta: {} }).panels).toHaveLength(1);
  expect(readDashboard({ apiVersion: "dashboard.grafana.app/v1", kind: "Dashboard", spec: inner }).panels).toHaveLength(
    1,
  );
  expect(() => readDashboard({ kind: "Dashboard", spec: { elements: {}, layout: {} } })).toThrow("schema v2");
  expect(() => readDashboard([1])).toThrow("no dashboard");
});

test("unknown panels and library panels keep their names", () => {
  const { panels } = readDashboard({
    title: "T",
    panels: [{ type: "geomap" }, { libraryPanel: { name: "Shared", uid: "x" } }],
  });

  expect(panels.map(({ kind, type }) => [kind, type])).toEqual([
    ["unknown", "geomap"],
    ["missing", "Shared"],
  ]);
});

test("queries that are no PromQL say what they are", () => {
  const { panels } = readDashboard({
    title: "T",
    panels: [
      {
        type: "timeseries",
        datasource: { type: "loki", uid: "l" },
        targets: [
          { expr: "{a=1}" },
          { datasource: { type: "__expr__", uid: "__expr__" }, type: "math" },
          { datasource: { type: "prometheus", uid: "${ds}" }, expr: "up" },
        ],
      },
    ],
  });

  expect(panels[0]?.targets.map(({ foreign }) => foreign)).toEqual([
    "a query of loki",
    "an expression of Grafana's server (math)",
    undefined,
  ]);
});

test("more than 500 panels are cut, and a note says so", () => {
  const panels = Array.from({ length: 600 }, (_, index) => ({
    type: "text",
    id: index,
    gridPos: { x: 0, y: index, w: 24, h: 1 },
  }));

  const dashboard = readDashboard({ title: "T", panels });

  expect(dashboard.panels).toHaveLength(500);
  expect(dashboard.notes).toHaveLength(1);
});

test("any JSON with panels is read, laid out within 24 columns, and nothing overlaps", () => {
  const panel = fc.record(
    {
      type: fc.oneof(
        fc.constantFrom("timeseries", "row", "graph", "singlestat", "table", "heatmap", "stat"),
        fc.string(),
      ),
      id: fc.oneof(fc.integer(), fc.string(), fc.constant(1)),
      title: fc.anything(),
      gridPos: fc.oneof(fc.anything(), fc.record({ x: fc.double(), y: fc.double(), w: fc.double(), h: fc.double() })),
      targets: fc.anything(),
      fieldConfig: fc.anything(),
      options: fc.anything(),
      repeat: fc.constantFrom("bot", "", undefined),
      yaxes: fc.anything(),
      seriesOverrides: fc.array(fc.anything()),
      panels: fc.array(fc.anything()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(panel, { maxLength: 12 }), fc.anything(), (panels, templating) => {
      const dashboard = readDashboard({ title: "T", panels, templating });
      const sections = layOut(dashboard.panels, () => [
        { text: "a", value: "a" },
        { text: "b", value: "b" },
      ]);
      for (const one of all(dashboard.panels)) expect(KNOWN).toContain(one.kind);
      for (const section of sections) {
        const taken = new Set<string>();
        for (const { grid } of section.panels) {
          expect(grid.x + grid.w).toBeLessThanOrEqual(24);
          for (let x = grid.x; x < grid.x + grid.w; x++) {
            for (let y = grid.y; y < grid.y + grid.h; y++) {
              expect(taken.has(`${x} ${y}`)).toBe(false);
              taken.add(`${x} ${y}`);
            }
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});
