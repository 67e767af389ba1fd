/**
 * What grafana/dashboard-linter asks for, and what every version of Grafana since 10 takes: of each dashboard of our packs. Beyond that,
 * that they name only what is there, draw each limit that a rule has, and give one thing one colour.
 */
import { readFileSync } from "node:fs";
import { PACKS, type Pack, SYSTEM_METRICS } from "@haltwatch/packs";
import { DASHBOARDS } from "@haltwatch/packs/dashboards";
import { type Expr, parseQuery, type VectorSelector } from "@haltwatch/promql";
import { parseRuleFile, selectorsOf } from "@haltwatch/rules";
import { METRIC_NAME } from "@haltwatch/store";
import { describe, expect, test } from "vitest";
import { dashboardsOf, interpolated, type PackDashboard, panelsOf, type ShownPanel } from "./dashboard-json.ts";

const ALL = dashboardsOf(PACKS);

/** For whoever is woken: more are not looked through. */
const MOST_PANELS = 25;

const SOURCE = `\${datasource}`;

/** The requirement that each kind of dashboard is of. */
const ROWS: Readonly<Record<string, string>> = {
  arbitrage: "A7",
  betting: "C9",
  trading: "B5",
  "ai-trading": "E4",
  scraper: "D6",
  anomaly: "E8",
  system: "F10",
};

const PANEL_TYPES = ["stat", "timeseries", "table", "state-timeline", "bargauge"];

/** Of Grafana's, those that we use; and one of our own words behind a number. */
const UNIT =
  /^(?:none|short|percent|percentunit|s|ms|bytes|currencyUSD|opm|ops|dateTimeAsLocalNoDateIfToday|suffix:\S+)$/;

/** What Haltwatch and its process tell of themselves, of no bot. */
const OF_NO_BOT = /^(?:haltwatch_(?!trading_state|pause_|arm_)\w+|process_\w+)$/;

/** Counters that are drawn as they are, because their sum is what is wanted: row A7, cumulative volume. */
const DRAWN_COUNTERS = ["volume_total"];

/** Where a rate's window is the rule's own, as its limit is drawn beside, it is not the graph's. */
const RANGES = /\[(\w+)\]/g;

const TIMES = {
  values: { bot: ["b1", "b2"], strategy: ["s"], signal: ["s"] },
  rangeMs: 3_600_000,
  stepMs: 15_000,
  scrapeMs: 15_000,
};

function named({ pack, file }: PackDashboard): string {
  return `${ROWS[pack.name] ?? ""} ${pack.name}/${file}`;
}

function exprsOf(panel: ShownPanel): readonly string[] {
  return (panel.targets ?? []).map(({ expr }) => expr);
}

function parsed(expr: string): Expr {
  return parseQuery(interpolated(expr, TIMES));
}

function metricOf({ matchers }: VectorSelector): string {
  return matchers.find(({ name, operator }) => name === METRIC_NAME && operator === "=")?.value ?? "";
}

function rulesOf(pack: Pack) {
  return pack.ruleFiles.flatMap((file) =>
    parseRuleFile(readFileSync(file, "utf8"), file).groups.flatMap(({ rules }) => rules),
  );
}

/** Of a pack: its series, with those that its rules record, and those that are always there. */
function knownMetrics(pack: Pack): ReadonlySet<string> {
  const own = pack.metrics.flatMap(({ name, type }) =>
    type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => `${name}${suffix}`) : [name],
  );
  const recorded = rulesOf(pack).flatMap((rule) => (rule.kind === "record" ? [rule.name] : []));
  const system = Object.values(SYSTEM_METRICS).map(({ name }) => name);
  return new Set([...own, ...recorded, ...system, "up", "ALERTS"]);
}

describe.each(ALL.map((one) => [named(one), one] as const))("%s", (row, dashboard) => {
  const { pack, json, text } = dashboard;
  const panels = panelsOf(json);
  const queries = panels.flatMap((panel) => exprsOf(panel).map((expr) => ({ panel: panel.title, expr })));

  test(`${row} is classic JSON that older Grafana versions take`, () => {
    expect(Object.keys(json)[0]).toBe("title");
    expect(json.schemaVersion).toBe(39);
    expect(json.uid).toMatch(/^haltwatch-[a-z-]{1,30}$/);
    expect(json.tags).toEqual(["haltwatch", pack.name]);
    expect(text).not.toMatch(/"__inputs"|"__requires"|"placement": "inControlsMenu"/);
    expect(json.panels.map(({ id }) => id)).toEqual(json.panels.map((_, index) => index + 1));
    expect(panels.length).toBeLessThanOrEqual(MOST_PANELS);
    expect(json.panels[0]).toMatchObject({ type: "row", title: "Is it well?" });
    const cells = json.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size, "panels lie on each other").toBe(cells.length);
    for (const { gridPos } of json.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test(`${row} asks the data source that its reader chooses, and nothing else`, () => {
    expect(json.templating.list[0]).toMatchObject({
      ...{ type: "datasource", name: "datasource", label: "Data source", query: "prometheus" },
    });
    const used = [...text.matchAll(/"datasource": \{[^}]*?"uid": "([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(used)).toEqual(new Set([SOURCE]));
    for (const panel of panels) {
      expect(panel.datasource, panel.title).toEqual({ type: "prometheus", uid: SOURCE });
      expect(panel.targets?.length, panel.title).toBeGreaterThan(0);
      for (const { datasource } of panel.targets ?? []) expect(datasource?.uid, panel.title).toBe(SOURCE);
    }
  });

  test(`${row} variables are queries that load again with the time`, () => {
    const asked = json.templating.list.filter(({ type }) => type === "query");
    expect(asked[0]).toMatchObject({ name: "bot", label: "Bot" });
    for (const { query, refresh, name } of asked) {
      expect(refresh, name).toBe(2);
      const [, selector = "", label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
      expect(label, name).toBeDefined();
      expect(
        selectorsOf(parsed(selector))
          .map(metricOf)
          .every((metric) => knownMetrics(pack).has(metric)),
        query,
      ).toBe(true);
    }
  });

  test(`${row} panels have a title, a description and a unit, and lead to the runbook`, () => {
    const alerts = new Set(rulesOf(pack).flatMap((rule) => (rule.kind === "alert" ? [rule.name.toLowerCase()] : [])));
    for (const { title, description = "", type, fieldConfig, links = [], targets = [] } of panels) {
      expect(PANEL_TYPES, title).toContain(type);
      expect(title.trim()).not.toBe("");
      expect(description, title).toMatch(/^[A-Z].{15,}\.$/);
      expect(fieldConfig?.defaults.unit, title).toMatch(UNIT);
      for (const { properties } of fieldConfig?.overrides ?? [])
        for (const { id, value } of properties) if (id === "unit") expect(value, title).toMatch(UNIT);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      for (const { url } of links) {
        const [, of, anchor] = /^\$\{haltwatch\}\/packs\/([\w-]+)\/RUNBOOK\.md#(\w+)$/.exec(url) ?? [];
        expect([of, alerts.has(anchor ?? "")], `${title}: ${url}`).toEqual([pack.name, true]);
      }
    }
    expect(json.links.map(({ url }) => url)).toContain(`\${haltwatch}/packs/${pack.name}/RUNBOOK.md`);
  });

  test(`${row} queries are PromQL, name only what is there, and of the chosen bots`, () => {
    const known = knownMetrics(pack);
    for (const { panel, expr } of queries) {
      for (const selector of selectorsOf(parsed(expr))) {
        const metric = metricOf(selector);
        expect(known.has(metric) || OF_NO_BOT.test(metric), `${panel}: ${metric}`).toBe(true);
        if (OF_NO_BOT.test(metric)) continue;
        const bot = selector.matchers.find(({ name }) => name === "bot");
        expect([bot?.operator, bot?.value], `${panel}: ${metric}`).toEqual([
          "=~",
          expect.stringMatching(/^\(b1\|b2\)\|?$/),
        ]);
      }
    }
  });

  test(`${row} rates are over $__rate_interval, or over the window of the rule whose limit is drawn`, () => {
    const windows = new Set(
      rulesOf(pack).flatMap(({ expr }) => [...expr.matchAll(/(\w+)\[(\w+)\]/g)].map(([whole]) => whole)),
    );
    for (const { panel, expr } of queries) {
      const bare = expr.replaceAll(/\{[^}]*\}/g, "");
      for (const [, metric = "", window] of bare.matchAll(/rate\((\w+)\[([^\]]+)\]/g))
        expect(
          window === "$__rate_interval" || windows.has(`${metric}[${window}]`),
          `${panel}: rate of ${metric} over ${window}`,
        ).toBe(true);
      for (const [metric = ""] of bare.matchAll(/\b\w+_total\b(?!\[)/g))
        expect(DRAWN_COUNTERS, `${panel}: a counter that is no rate`).toContain(metric);
      for (const [, window = ""] of expr.matchAll(RANGES)) expect(window, panel).toMatch(/^(?:\d+[mhd]|\$__\w+)$/);
    }
  });

  test(`${row} limits are dashed lines of one colour, from their series`, () => {
    for (const { title, type, targets = [], fieldConfig } of panels) {
      const limits = targets.filter(({ legendFormat }) => legendFormat.startsWith("limit "));
      if (type !== "timeseries" || limits.length === 0) continue;
      const drawn = fieldConfig?.overrides.find(({ matcher }) => matcher.options === "/^limit /");
      expect(drawn?.properties, title).toEqual(
        expect.arrayContaining([
          { id: "color", value: { mode: "fixed", fixedColor: "#E02F44" } },
          { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 10] } },
        ]),
      );
      for (const { expr } of limits) expect(expr, title).toContain("haltwatch_threshold{name=");
    }
    expect(text).not.toContain('"custom.thresholdsStyle"');
  });

  test(`${row} marks pauses, arms, changes of the configuration, and alerts`, () => {
    expect(json.annotations.list.map(({ name }) => name)).toEqual([
      ...["Pauses", "Arms", "Configuration", "Critical alerts", "Warnings"],
    ]);
    for (const { expr } of json.annotations.list)
      for (const selector of selectorsOf(parsed(expr))) expect(knownMetrics(pack)).toContain(metricOf(selector));
  });
});

test("A7 C9 D6 E4 each dashboard of a pack is generated, and each that is generated is of a pack", () => {
  const listed = PACKS.flatMap(({ name, dashboards }) =>
    dashboards.map((path) => path.slice(path.indexOf(`${name}/dashboards/`))),
  );

  expect(DASHBOARDS.map(({ path }) => path).sort()).toEqual(listed.sort());
  for (const { path, json } of DASHBOARDS) expect(ALL.map(({ text }) => text).includes(json()), path).toBe(true);
  expect(new Set(ALL.map(({ json }) => json.uid)).size).toBe(ALL.length);
});

test("A7 C9 D6 E4 every limit of a pack is drawn on one of its dashboards", () => {
  for (const pack of PACKS) {
    const drawn = new Set(
      ALL.filter((one) => one.pack === pack)
        .flatMap(({ json }) => panelsOf(json).flatMap(exprsOf))
        .flatMap((expr) => [...expr.matchAll(/haltwatch_threshold\{name="([^"]+)"\}/g)].map(([, name]) => name)),
    );
    expect(
      pack.thresholds.map(({ name }) => name).filter((name) => !drawn.has(name)),
      pack.name,
    ).toEqual([]);
  }
});

test("A7 C9 one name has one colour on all dashboards", () => {
  const colours = new Map<string, Set<string>>();
  for (const { json } of ALL) {
    for (const { matcher, properties } of panelsOf(json).flatMap(({ fieldConfig }) => fieldConfig?.overrides ?? [])) {
      for (const { id, value } of properties) {
        if (id !== "color" || matcher.id !== "byRegexp") continue;
        colours.set(matcher.options, (colours.get(matcher.options) ?? new Set()).add(JSON.stringify(value)));
      }
    }
  }

  expect([...colours].filter(([, used]) => used.size > 1)).toEqual([]);
  expect(colours.has("/^azuro\\b/")).toBe(true);
});
