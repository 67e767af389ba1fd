/** The single values that stat, gauge, bar gauge and pie chart show: `reduceOptions`. */
import { at, flagOf, type JsonObject, numberOf, textOf, textsOf } from "../dashboard/json.ts";
import { safeRegExp } from "../format/safe-reg-exp.ts";
import type { Shown, ShownField, ShownFrame } from "../format/shown-field.ts";
import { formatParts, formattedText } from "../format/value-format.ts";
import type { Value } from "../query/frame.ts";
import { isUnitless, reduceField } from "../query/reduce.ts";

export interface Reduced {
  readonly name: string;
  readonly field: ShownField;
  readonly value: Value;
  readonly shown: Shown;
  /** Milliseconds since 1970, if its values have times. */
  readonly times: ArrayLike<number> | undefined;
}

/** More would be too small to read. */
const MAX_REDUCED = 200;

export function reducedValues(frames: readonly ShownFrame[], options: JsonObject): readonly Reduced[] {
  const reduce = options["reduceOptions"];
  const calc = textsOf(at(reduce, "calcs"), 20)[0] ?? "lastNotNull";
  const wanted = textOf(at(reduce, "fields"), 1000) ?? "";
  const limit = Math.max(1, Math.min(MAX_REDUCED, numberOf(at(reduce, "limit")) ?? 25));
  const takesRows = flagOf(at(reduce, "values"));
  const result: Reduced[] = [];
  for (const frame of frames) {
    const time = frame.fields.find(({ type }) => type === "time");
    const fields = frame.fields.filter((field) => isWanted(field, wanted));
    if (takesRows) {
      const names = frame.fields.filter(({ type }) => type === "string");
      for (let row = 0; row < Math.min(frame.length, limit); row++) {
        const rowName = names.map((field) => field.show(field.values[row]).text).join(" ");
        for (const field of fields) {
          const value = field.values[row];
          const name = fields.length === 1 && rowName !== "" ? rowName : `${rowName} ${field.shownName}`.trim();
          result.push({ name, field, value, shown: field.show(value), times: undefined });
        }
      }
    } else {
      for (const field of fields) {
        const value = reduceField(field, calc);
        const shown = withOwnUnit(field, field.show(value), value, calc);
        // Times of our frames are typed arrays.
        const times = time?.values instanceof Float64Array ? time.values : undefined;
        result.push({ name: field.shownName, field, value, shown, times });
      }
    }
    if (result.length >= MAX_REDUCED) break;
  }
  return result.slice(0, MAX_REDUCED);
}

function isWanted(field: ShownField, wanted: string): boolean {
  if (field.config.custom["hidden"] === true) return false;
  if (wanted === "") return field.type === "number" || field.type === "boolean";
  if (wanted === field.name || wanted === field.shownName) return true;
  return wanted.startsWith("/") && (safeRegExp(wanted)?.test(field.shownName) ?? false);
}

/** A count of values is not in their unit. */
function withOwnUnit(field: ShownField, shown: Shown, value: Value, calc: string): Shown {
  if (!isUnitless(calc) || typeof value !== "number" || field.config.mappings.length > 0) return shown;
  const parts = formatParts(value, calc === "diffperc" ? "percentunit" : "none", { decimals: field.config.decimals });
  return { ...shown, parts, text: formattedText(parts) };
}
