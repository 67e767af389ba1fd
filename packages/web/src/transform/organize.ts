/** `organize`: fields left out, put in order, called otherwise. */
import { isObject, type JsonObject, numberOf, objectOf, textOf } from "../dashboard/json.ts";
import type { Frame } from "../query/frame.ts";
import { fieldName, renamed, withFields } from "./names.ts";

export function organize(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const excluded = objectOf(options["excludeByName"]);
  const included = isObject(options["includeByName"]) ? options["includeByName"] : {};
  const isIncluding = Object.values(included).some((one) => one === true);
  const order = objectOf(options["indexByName"]);
  const names = objectOf(options["renameByName"]);
  return frames.map((frame) => {
    const kept = frame.fields.flatMap((field, index) => {
      const name = fieldName(field, frame);
      const has = (flags: JsonObject): boolean => flags[name] === true || flags[field.name] === true;
      if (has(excluded) || (isIncluding && !has(included))) return [];
      const place = numberOf(order[name] ?? order[field.name]) ?? 1000 + index;
      const called = textOf(names[name] ?? names[field.name], 500) ?? "";
      return [{ field: called === "" ? field : renamed(field, called), place }];
    });
    return withFields(
      frame,
      kept.sort((a, b) => a.place - b.place).map(({ field }) => field),
    );
  });
}
