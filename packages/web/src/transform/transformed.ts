/** What a panel's transformations make of its data, one after the other. */
import type { JsonObject } from "../dashboard/json.ts";
import type { Transformation } from "../dashboard/model.ts";
import type { Frame } from "../query/frame.ts";
import { interpolate, type VariableLookup } from "../variables/interpolate.ts";
import { calculateField } from "./calculate-field.ts";
import { convertFieldType } from "./convert-field-type.ts";
import { filterByValue } from "./filter-by-value.ts";
import { filterFields, filterFieldsByName, filterFrames } from "./filter-fields.ts";
import { groupBy } from "./group-by.ts";
import { joinByField } from "./join-by-field.ts";
import { labelsToFields } from "./labels-to-fields.ts";
import { concatenate, merge, seriesToRows } from "./merge.ts";
import { organize } from "./organize.ts";
import { reduce } from "./reduce.ts";
import { renameByRegex } from "./rename-by-regex.ts";
import { limit, sortBy } from "./sort-and-limit.ts";

export interface Transformed {
  readonly frames: readonly Frame[];
  /** Those that are not known here, and those that failed. */
  readonly problems: readonly string[];
}

type Transform = (frames: readonly Frame[], options: JsonObject, text: (text: string) => string) => readonly Frame[];

/** By Grafana's identifiers, old and new. */
const TRANSFORMS: Readonly<Record<string, Transform>> = {
  calculateField,
  concatenate,
  convertFieldType,
  filterByRefId: filterFrames,
  filterByValue,
  filterFields,
  filterFieldsByName,
  groupBy,
  joinByField,
  labelsToFields,
  limit,
  merge,
  organize,
  // Frames are prepared for each panel already.
  prepareTimeSeries: (frames) => frames,
  reduce,
  renameByRegex,
  seriesToColumns: joinByField,
  seriesToRows,
  sortBy,
};

export function transformed(
  frames: readonly Frame[],
  transformations: readonly Transformation[],
  lookup: VariableLookup,
): Transformed {
  const problems: string[] = [];
  const text = (written: string): string => interpolate(written, lookup, "raw");
  let result = frames;
  for (const { id, options, refId } of transformations) {
    const transform = Object.hasOwn(TRANSFORMS, id) ? TRANSFORMS[id] : undefined;
    if (transform === undefined) {
      problems.push(`The transformation “${id}” is not known here: the data are shown without it`);
      continue;
    }
    try {
      if (refId === "") result = transform(result, options, text);
      else {
        const concerned = result.filter((frame) => frame.refId === refId);
        result = [...result.filter((frame) => frame.refId !== refId), ...transform(concerned, options, text)];
      }
    } catch (error) {
      // Options out of foreign files: a fault of one costs that one, not the dashboard.
      const why = error instanceof Error ? error.message : String(error);
      problems.push(`The transformation “${id}” failed (${why}): the data are shown without it`);
    }
  }
  return { frames: result, problems };
}
