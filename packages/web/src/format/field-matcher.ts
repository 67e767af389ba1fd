/** Which fields an override, or a transformation's filter, is for. */
import { at, type JsonObject, numberOf, textOf, textsOf } from "../dashboard/json.ts";
import { type Field, type Frame, numeric, type Value } from "../query/frame.ts";
import { reduceField } from "../query/reduce.ts";
import { safeRegExp } from "./safe-reg-exp.ts";

export type FieldMatcher = (field: Field, frame: Frame, shownName: string) => boolean;

/** @param id `byName`, `byRegexp`, …; of an unknown one nothing is matched */
export function fieldMatcher(id: string, options: JsonObject | string): FieldMatcher {
  const text = typeof options === "string" ? options : "";
  switch (id) {
    case "byName":
      return ({ name }, _frame, shownName) => name === text || shownName === text;
    case "byNames": {
      const names = new Set(typeof options === "string" ? [options] : textsOf(options["names"]));
      const isExcluding = typeof options !== "string" && options["mode"] === "exclude";
      return ({ name }, _frame, shownName) => (names.has(name) || names.has(shownName)) !== isExcluding;
    }
    case "byRegexp":
    case "byRegexpOrNames": {
      const pattern = typeof options === "string" ? options : (textOf(options["pattern"], 1000) ?? "");
      const names = typeof options === "string" ? [] : textsOf(options["names"]);
      const compiled = pattern === "" ? undefined : safeRegExp(pattern);
      return ({ name }, _frame, shownName) =>
        names.includes(name) ||
        names.includes(shownName) ||
        (compiled?.test(shownName) ?? false) ||
        (compiled?.test(name) ?? false);
    }
    case "byType":
      return ({ type }) => type === text;
    case "byTypes": {
      const types = typeof options === "string" ? [options] : textsOf(options["types"]);
      return ({ type }) => types.includes(type);
    }
    case "numeric":
      return ({ type }) => type === "number";
    case "time":
      return ({ type }) => type === "time";
    case "byFrameRefID":
      return (_field, { refId }) => refId === text || text.split("|").includes(refId);
    case "byValue": {
      const reducer = textOf(at(options, "reducer"), 50) ?? "lastNotNull";
      const operator = textOf(at(options, "op"), 10) ?? ">=";
      const limit = numberOf(at(options, "value")) ?? 0;
      return (field) => field.type === "number" && compares(numeric(reduceField(field, reducer)), operator, limit);
    }
    case "firstTimeField":
      return (field, { fields }) => fields.find(({ type }) => type === "time") === field;
    case "anyMatch":
    case "all":
      return () => true;
    default:
      return () => false;
  }
}

function compares(value: Value, operator: string, limit: number): boolean {
  const number = numeric(value);
  switch (operator) {
    case ">":
    case "gt":
      return number > limit;
    case ">=":
    case "gte":
      return number >= limit;
    case "<":
    case "lt":
      return number < limit;
    case "<=":
    case "lte":
      return number <= limit;
    case "==":
    case "=":
    case "eq":
      return number === limit;
    case "!=":
    case "neq":
      return number !== limit;
    default:
      return false;
  }
}
