/** `reduce`: each series a row of calculations, or each field a single value. */
import { flagOf, type JsonObject, textsOf } from "../dashboard/json.ts";
import { type Field, type Frame, field, frame, labelNames, numeric, type Value } from "../query/frame.ts";
import { reduceField, reducerName } from "../query/reduce.ts";
import { fieldName, withFields } from "./names.ts";

export function reduce(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const reducers = textsOf(options["reducers"], 30);
  const calcs = reducers.length === 0 ? ["max"] : reducers;
  return options["mode"] === "reduceFields"
    ? frames.map((one) => reducedFields(one, calcs[0] ?? "max", options))
    : [rowEach(frames, calcs, options)];
}

function reducedFields(one: Frame, calc: string, options: JsonObject): Frame {
  const kept = one.fields.filter(({ type }) => type !== "time" || flagOf(options["includeTimeField"]));
  return withFields(
    one,
    kept
      .filter(({ type }) => type === "number" || type === "boolean")
      .map((from) => ({ ...from, ...singleOf(reduceField(from, calc)) })),
  );
}

function singleOf(value: Value): Pick<Field, "values" | "type"> {
  return typeof value === "number"
    ? { type: "number", values: Float64Array.of(value) }
    : { type: "string", values: [value] };
}

function rowEach(frames: readonly Frame[], calcs: readonly string[], options: JsonObject): Frame {
  const series = frames.flatMap((one) =>
    one.fields.filter(({ type }) => type !== "time" && type !== "string").map((from) => ({ from, one })),
  );
  const names = flagOf(options["labelsToFields"]) ? labelNames(series.map(({ from }) => from.labels)) : [];
  const config = series[0]?.from.config;
  return frame([
    field(
      "Field",
      "string",
      series.map(({ from, one }) => fieldName(from, one)),
    ),
    ...names.map((name) =>
      field(
        name,
        "string",
        series.map(({ from: { labels } }) => labels[name]),
      ),
    ),
    ...calcs.map((calc) =>
      field(
        reducerName(calc),
        "number",
        Float64Array.from(series, ({ from }) => numeric(reduceField(from, calc))),
        config === undefined ? {} : { config },
      ),
    ),
  ]);
}
