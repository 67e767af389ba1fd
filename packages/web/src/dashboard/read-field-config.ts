/** Units, thresholds, mappings and overrides of a panel's fields. */
import {
  at,
  flagOf,
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  wordOf,
} from "./json.ts";
import type {
  DataLink,
  FieldColor,
  FieldConfig,
  FieldOverride,
  MappedValue,
  Threshold,
  Thresholds,
  ValueMapping,
} from "./model.ts";

const MAX_STEPS = 100;
const MAX_MAPPINGS = 500;
const MAX_OVERRIDES = 500;

export const NO_FIELD_CONFIG: FieldConfig = {
  displayName: "",
  unit: "",
  decimals: undefined,
  min: undefined,
  max: undefined,
  noValue: "",
  color: undefined,
  thresholds: undefined,
  mappings: [],
  links: [],
  custom: {},
};

export function readFieldConfig(json: Json | undefined): FieldConfig {
  const from = objectOf(json);
  return {
    displayName: textOf(from["displayName"], 1000) ?? "",
    unit: textOf(from["unit"], 200) ?? "",
    decimals: decimalsOf(from["decimals"]),
    min: numberOf(from["min"]),
    max: numberOf(from["max"]),
    noValue: textOf(from["noValue"], 1000) ?? "",
    color: readColor(from["color"]),
    thresholds: readThresholds(from["thresholds"]),
    mappings: readMappings(from["mappings"]),
    links: readDataLinks(from["links"]),
    custom: objectOf(from["custom"]),
  };
}

export function readOverrides(json: Json | undefined): readonly FieldOverride[] {
  return objectsOf(json, MAX_OVERRIDES).map((one) => {
    const options = at(one, "matcher", "options");
    return {
      matcher: textOf(at(one, "matcher", "id"), 100) ?? "",
      matcherOptions: isObject(options) ? options : (textOf(options, 2000) ?? ""),
      properties: objectsOf(one["properties"], 100).map(({ id, value }) => ({ id: textOf(id, 200) ?? "", value })),
    };
  });
}

/** One property of an override, laid over what is there. Unknown ones change nothing. */
export function withProperty(config: FieldConfig, id: string, value: Json | undefined): FieldConfig {
  switch (id) {
    case "displayName":
    case "unit":
    case "noValue":
      return { ...config, [id]: textOf(value, 1000) ?? "" };
    case "decimals":
      return { ...config, decimals: decimalsOf(value) };
    case "min":
    case "max":
      return { ...config, [id]: numberOf(value) };
    case "color":
      return { ...config, color: readColor(value) };
    case "thresholds":
      return { ...config, thresholds: readThresholds(value) };
    case "mappings":
      return { ...config, mappings: readMappings(value) };
    case "links":
      return { ...config, links: readDataLinks(value) };
    default:
      return id.startsWith("custom.")
        ? { ...config, custom: withPath(config.custom, id.slice(7).split("."), value) }
        : config;
  }
}

function withPath(object: JsonObject, [key = "", ...rest]: readonly string[], value: Json | undefined): JsonObject {
  if (key === "" || key === "__proto__") return object;
  return { ...object, [key]: rest.length === 0 ? value : withPath(objectOf(object[key]), rest, value) };
}

function decimalsOf(value: Json | undefined): number | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : Math.max(0, Math.min(20, Math.round(number)));
}

function readColor(json: Json | undefined): FieldColor | undefined {
  if (!isObject(json)) return undefined;
  return {
    mode: textOf(json["mode"], 100) ?? "",
    fixed: textOf(json["fixedColor"], 100) ?? "",
    seriesBy: wordOf(json["seriesBy"], ["last", "min", "max"], "last"),
  };
}

function readThresholds(json: Json | undefined): Thresholds | undefined {
  if (!isObject(json)) return undefined;
  const steps: Threshold[] = objectsOf(json["steps"], MAX_STEPS).map(({ value, color }, index) => ({
    value: numberOf(value) ?? (index === 0 ? Number.NEGATIVE_INFINITY : 0),
    color: textOf(color, 100) ?? "green",
  }));
  if (steps.length === 0) return undefined;
  return {
    mode: json["mode"] === "percentage" ? "percentage" : "absolute",
    steps: steps.sort((a, b) => a.value - b.value),
  };
}

/** Mappings of Grafana 8 and later, and of the years before: `{type: 1, value, text}`, `{type: 2, from, to, text}`. */
function readMappings(json: Json | undefined): readonly ValueMapping[] {
  return objectsOf(json, MAX_MAPPINGS).flatMap((one): readonly ValueMapping[] => {
    const options = objectOf(one["options"]);
    switch (one["type"]) {
      case "value": {
        const entries = Object.entries(options).slice(0, 1000);
        return [{ kind: "value", results: new Map(entries.map(([value, result]) => [value, mappedOf(result)])) }];
      }
      case "range":
        return [rangeMapping(options["from"], options["to"], mappedOf(options["result"]))];
      case "regex":
        return [
          { kind: "regex", pattern: textOf(options["pattern"], 1000) ?? "", result: mappedOf(options["result"]) },
        ];
      case "special": {
        const match = wordOf(options["match"], ["null", "nan", "null+nan", "true", "false", "empty"], "null");
        return [{ kind: "special", match, result: mappedOf(options["result"]) }];
      }
      case 1:
      case "1": {
        const value = textOf(one["value"], 1000) ?? "";
        const result: MappedValue = { text: textOf(one["text"], 1000), color: undefined };
        if (value === "null") return [{ kind: "special", match: "null", result }];
        return [{ kind: "value", results: new Map([[value, result]]) }];
      }
      case 2:
      case "2": {
        const result: MappedValue = { text: textOf(one["text"], 1000), color: undefined };
        if (one["from"] === "null") return [{ kind: "special", match: "null", result }];
        return [rangeMapping(one["from"], one["to"], result)];
      }
      default:
        return [];
    }
  });
}

function rangeMapping(from: Json | undefined, to: Json | undefined, result: MappedValue): ValueMapping {
  return {
    kind: "range",
    from: numberOf(from) ?? Number.NEGATIVE_INFINITY,
    to: numberOf(to) ?? Number.POSITIVE_INFINITY,
    result,
  };
}

function mappedOf(json: Json | undefined): MappedValue {
  const from = objectOf(json);
  return { text: textOf(from["text"], 1000), color: textOf(from["color"], 100) };
}

export function readDataLinks(json: Json | undefined): readonly DataLink[] {
  return objectsOf(json, 50).flatMap((one) => {
    const url = textOf(one["url"], 4000) ?? textOf(one["dashUri"], 4000);
    if (url === undefined || url === "") return [];
    return [{ title: textOf(one["title"], 500) ?? url, url, opensNewTab: flagOf(one["targetBlank"]) }];
  });
}
