/**
 * Panels of Grafana 8 and before, said in today's words: `graph`, `singlestat`, the old table, heatmap and text panels. What has no
 * counterpart is left out; the unknown keys of today's panels pass through.
 */
import {
  at,
  flagOf,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
} from "./json.ts";

/** Names that other plugins and old versions had for what is drawn here. */
const RENAMED: Readonly<Record<string, string>> = {
  "grafana-piechart-panel": "piechart",
  "flant-statusmap-panel": "status-history",
  "natel-discrete-panel": "state-timeline",
  "grafana-singlestat-panel": "singlestat",
  "briangann-gauge-panel": "gauge",
  "table-old": "table",
  "status-timeline": "state-timeline",
  trend: "timeseries",
};

export function migratedPanel(json: JsonObject): JsonObject {
  const name = textOf(json["type"], 200) ?? "";
  const renamed = Object.hasOwn(RENAMED, name) ? RENAMED[name] : undefined;
  const panel = renamed === undefined ? json : { ...json, type: renamed };
  switch (panel["type"]) {
    case "graph":
      return fromGraph(panel);
    case "singlestat":
      return fromSinglestat(panel);
    case "text":
      return isObject(panel["options"])
        ? panel
        : { ...panel, options: { mode: panel["mode"], content: panel["content"] } };
    case "table":
      return Array.isArray(panel["styles"]) ? fromOldTable(panel) : panel;
    case "heatmap":
      return isObject(panel["options"]) && at(panel, "options", "color") !== undefined ? panel : fromOldHeatmap(panel);
    case "stat":
    case "gauge":
    case "bargauge":
      return isObject(at(panel, "options", "fieldOptions")) ? fromFieldOptions(panel) : panel;
    default:
      return panel;
  }
}

function fromGraph(panel: JsonObject): JsonObject {
  const [left = {}, right = {}] = objectsOf(panel["yaxes"], 2);
  const isStacked = flagOf(panel["stack"]);
  const isPercentage = flagOf(panel["percentage"]);
  const showsLines = flagOf(panel["lines"], true);
  const showsBars = flagOf(panel["bars"]);
  const mode = textOf(at(panel, "xaxis", "mode"), 50);
  const nullMode = textOf(panel["nullPointMode"], 50);
  const legend = objectOf(panel["legend"]);
  const tooltip = objectOf(panel["tooltip"]);
  const custom: JsonObject = {
    drawStyle: showsBars ? "bars" : showsLines ? "line" : "points",
    lineInterpolation: flagOf(panel["steppedLine"]) ? "stepAfter" : "linear",
    lineWidth: numberOf(panel["linewidth"]) ?? 1,
    fillOpacity: (numberOf(panel["fill"]) ?? 1) * 10,
    showPoints: flagOf(panel["points"]) ? "always" : "never",
    pointSize: (numberOf(panel["pointradius"]) ?? 2) * 2,
    spanNulls: nullMode === "connected",
    stacking: { mode: isStacked ? (isPercentage ? "percent" : "normal") : "none" },
    axisLabel: textOf(left["label"], 200) ?? "",
    axisPlacement: left["show"] === false ? "hidden" : "auto",
    scaleDistribution: scaleOf(left),
    thresholdsStyle: { mode: objectsOf(panel["thresholds"], 1).length > 0 ? "line+area" : "off" },
  };
  return {
    ...panel,
    type: mode === "histogram" ? "histogram" : mode === "series" ? "bargauge" : "timeseries",
    fieldConfig: {
      defaults: {
        ...objectOf(at(panel, "fieldConfig", "defaults")),
        unit: unitOf(left["format"]),
        decimals: panel["decimals"] ?? left["decimals"],
        min: numberOf(left["min"]),
        max: numberOf(left["max"]),
        thresholds: graphThresholds(panel["thresholds"]),
        custom,
      },
      overrides: [...listOf(at(panel, "fieldConfig", "overrides")), ...graphOverrides(panel, right)],
    },
    options: {
      legend: {
        showLegend: flagOf(legend["show"], true),
        displayMode: flagOf(legend["alignAsTable"]) ? "table" : "list",
        placement: flagOf(legend["rightSide"]) ? "right" : "bottom",
        calcs: legendCalcs(legend),
      },
      tooltip: { mode: flagOf(tooltip["shared"], true) ? "multi" : "single", sort: sortOf(tooltip["sort"]) },
      ...(mode === "series" ? { reduceOptions: { calcs: [oldCalc(listOf(at(panel, "xaxis", "values"))[0])] } } : {}),
    },
  };
}

function graphOverrides(panel: JsonObject, right: JsonObject): readonly Json[] {
  const overrides: Json[] = [];
  for (const [alias, color] of Object.entries(objectOf(panel["aliasColors"])).slice(0, 200)) {
    if (typeof color !== "string") continue;
    const value = { mode: "fixed", fixedColor: color };
    overrides.push({ matcher: { id: "byName", options: alias }, properties: [{ id: "color", value }] });
  }
  for (const one of objectsOf(panel["seriesOverrides"], 200)) {
    const alias = textOf(one["alias"], 1000) ?? "";
    const properties: JsonObject[] = [];
    const set = (id: string, value: Json | undefined): void => {
      if (value !== undefined) properties.push({ id, value });
    };
    if (numberOf(one["yaxis"]) === 2) {
      set("custom.axisPlacement", "right");
      set("unit", unitOf(right["format"]));
      set("custom.axisLabel", textOf(right["label"], 200));
      set("min", numberOf(right["min"]));
      set("max", numberOf(right["max"]));
      set("custom.scaleDistribution", scaleOf(right));
    }
    if (typeof one["color"] === "string") set("color", { mode: "fixed", fixedColor: one["color"] });
    const fill = numberOf(one["fill"]);
    if (fill !== undefined) set("custom.fillOpacity", fill * 10);
    set("custom.lineWidth", numberOf(one["linewidth"]));
    if (one["bars"] === true) set("custom.drawStyle", "bars");
    if (one["lines"] === false && one["points"] === true) set("custom.drawStyle", "points");
    if (one["stack"] === false) set("custom.stacking", { mode: "none" });
    if (one["steppedLine"] === true) set("custom.lineInterpolation", "stepAfter");
    if (one["transform"] === "negative-Y") set("custom.transform", "negative-Y");
    if (one["dashes"] === true)
      set("custom.lineStyle", { fill: "dash", dash: [numberOf(one["dashLength"]) ?? 10, 10] });
    if (one["hiddenSeries"] === true) set("custom.hideFrom", { viz: true });
    const isPattern = alias.length > 1 && alias.startsWith("/") && alias.lastIndexOf("/") > 0;
    overrides.push({ matcher: { id: isPattern ? "byRegexp" : "byName", options: alias }, properties });
  }
  return overrides;
}

function graphThresholds(json: Json | undefined): Json | undefined {
  const steps = objectsOf(json, 20).flatMap((one): JsonObject[] => {
    const value = numberOf(one["value"]);
    if (value === undefined) return [];
    const mode = textOf(one["colorMode"], 20);
    const color =
      mode === "custom"
        ? (textOf(one["fillColor"], 100) ?? "red")
        : mode === "ok"
          ? "green"
          : mode === "warning"
            ? "orange"
            : "red";
    // Below a limit is bad for "lt": what lies above it is plain.
    return one["op"] === "lt"
      ? [
          { value: null, color },
          { value, color: "transparent" },
        ]
      : [{ value, color }];
  });
  if (steps.length === 0) return undefined;
  const hasBase = steps.some(({ value }) => value === null);
  return { mode: "absolute", steps: hasBase ? steps : [{ value: null, color: "transparent" }, ...steps] };
}

function legendCalcs(legend: JsonObject): readonly Json[] {
  if (!flagOf(legend["values"])) return [];
  const names: readonly (readonly [string, string])[] = [
    ["min", "min"],
    ["max", "max"],
    ["avg", "mean"],
    ["current", "lastNotNull"],
    ["total", "sum"],
  ];
  return names.filter(([old]) => flagOf(legend[old])).map(([, calc]) => calc);
}

function scaleOf(axis: JsonObject): JsonObject {
  const base = numberOf(axis["logBase"]) ?? 1;
  return base > 1 ? { type: "log", log: base } : { type: "linear" };
}

function sortOf(value: Json | undefined): string {
  return value === 1 ? "asc" : value === 2 ? "desc" : "none";
}

function unitOf(value: Json | undefined): Json | undefined {
  return value === "none" ? undefined : textOf(value, 200);
}

/** Names of calculations in old panels. */
function oldCalc(value: Json | undefined): string {
  switch (value) {
    case "avg":
      return "mean";
    case "current":
      return "lastNotNull";
    case "total":
      return "sum";
    case "min":
    case "max":
    case "first":
    case "delta":
    case "diff":
    case "range":
    case "count":
      return value;
    case "name":
      return "last";
    default:
      return "lastNotNull";
  }
}

function fromSinglestat(panel: JsonObject): JsonObject {
  const isGauge = flagOf(at(panel, "gauge", "show"));
  const colors = listOf(panel["colors"], 20);
  const limits = (textOf(panel["thresholds"], 500) ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && Number.isFinite(Number(one)))
    .map(Number);
  const isColoured = flagOf(panel["colorBackground"]) || flagOf(panel["colorValue"]) || isGauge;
  const steps = [null, ...limits].map((value, index) => ({ value, color: textOf(colors[index], 100) ?? "green" }));
  const mappings: Json[] = [
    ...objectsOf(panel["valueMaps"], 200).map(({ value, text }): JsonObject => ({ type: 1, value, text })),
    ...objectsOf(panel["rangeMaps"], 200).map(({ from, to, text }): JsonObject => ({ type: 2, from, to, text })),
  ];
  const prefix = textOf(panel["prefix"], 100) ?? "";
  const postfix = textOf(panel["postfix"], 100) ?? "";
  return {
    ...panel,
    type: isGauge ? "gauge" : "stat",
    fieldConfig: {
      defaults: {
        unit: unitOf(panel["format"]),
        decimals: panel["decimals"],
        min: isGauge ? numberOf(at(panel, "gauge", "minValue")) : undefined,
        max: isGauge ? numberOf(at(panel, "gauge", "maxValue")) : undefined,
        noValue: textOf(panel["nullText"], 200),
        thresholds: isColoured ? { mode: "absolute", steps } : undefined,
        color: isColoured ? { mode: "thresholds" } : { mode: "fixed", fixedColor: "text" },
        mappings,
      },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: [oldCalc(panel["valueName"])], fields: "" },
      graphMode: flagOf(at(panel, "sparkline", "show")) ? "area" : "none",
      colorMode: flagOf(panel["colorBackground"]) ? "background" : "value",
      textMode: panel["valueName"] === "name" ? "name" : "value",
      prefix,
      postfix,
    },
  };
}

/** Columns of the table of Grafana 6: `styles` by pattern. */
function fromOldTable(panel: JsonObject): JsonObject {
  const overrides: Json[] = objectsOf(panel["styles"], 200).map((style) => {
    const pattern = textOf(style["pattern"], 1000) ?? "";
    const properties: JsonObject[] = [];
    const alias = textOf(style["alias"], 500);
    if (alias !== undefined && alias !== "") properties.push({ id: "displayName", value: alias });
    if (style["type"] === "hidden") properties.push({ id: "custom.hidden", value: true });
    if (style["type"] === "date")
      properties.push({ id: "unit", value: `time:${textOf(style["dateFormat"], 100) ?? ""}` });
    if (style["type"] === "number") {
      properties.push({ id: "unit", value: textOf(style["unit"], 200) ?? "short" });
      properties.push({ id: "decimals", value: style["decimals"] ?? null });
    }
    const colorMode = textOf(style["colorMode"], 20);
    const colors = listOf(style["colors"], 20);
    if (colorMode !== undefined && colorMode !== "") {
      const limits = listOf(style["thresholds"], 20).map(numberOf);
      const steps = [undefined, ...limits].map((value, index) => ({
        value: value ?? null,
        color: textOf(colors[index], 100) ?? "green",
      }));
      properties.push({ id: "thresholds", value: { mode: "absolute", steps } });
      properties.push({ id: "color", value: { mode: "thresholds" } });
      const type = colorMode === "value" ? "color-text" : "color-background";
      properties.push({ id: "custom.cellOptions", value: { type } });
    }
    const isPattern = pattern.startsWith("/");
    return { matcher: { id: isPattern ? "byRegexp" : "byName", options: pattern }, properties };
  });
  const transform = textOf(panel["transform"], 50);
  const transformations: Json[] =
    transform === "timeseries_to_columns"
      ? [{ id: "joinByField", options: { byField: "Time" } }]
      : transform === "timeseries_aggregations"
        ? [{ id: "reduce", options: { reducers: objectsOf(panel["columns"], 20).map(({ value }) => oldCalc(value)) } }]
        : transform === "table"
          ? [{ id: "merge", options: {} }]
          : [];
  return {
    ...panel,
    type: "table",
    fieldConfig: { defaults: {}, overrides },
    options: {},
    transformations: [...transformations, ...listOf(panel["transformations"])],
  };
}

function fromOldHeatmap(panel: JsonObject): JsonObject {
  const y = objectOf(panel["yAxis"]);
  return {
    ...panel,
    type: "heatmap",
    options: {
      calculate: panel["dataFormat"] !== "tsbuckets" && panel["dataFormat"] !== undefined,
      color: { mode: "scheme", scheme: "Oranges" },
      yAxis: { unit: unitOf(y["format"]), reverse: flagOf(panel["reverseYBuckets"]) },
      cellGap: numberOf(panel["cards"]) ?? 1,
    },
    fieldConfig: {
      defaults: { ...objectOf(at(panel, "fieldConfig", "defaults")), unit: unitOf(y["format"]) },
      overrides: [],
    },
  };
}

/** Grafana 6.0 to 6.7 kept units and thresholds in `options.fieldOptions`. */
function fromFieldOptions(panel: JsonObject): JsonObject {
  const old = objectOf(at(panel, "options", "fieldOptions"));
  const defaults = objectOf(old["defaults"]);
  const steps = at(defaults, "thresholds") ?? { mode: "absolute", steps: old["thresholds"] };
  return {
    ...panel,
    fieldConfig: {
      defaults: { ...defaults, thresholds: steps, mappings: defaults["mappings"] ?? old["mappings"] },
      overrides: old["overrides"] ?? old["override"] ?? [],
    },
    options: {
      ...objectOf(panel["options"]),
      reduceOptions: {
        calcs: listOf(old["calcs"], 20).map((one) => (typeof one === "string" ? one : "lastNotNull")),
        values: old["values"],
      },
    },
  };
}
