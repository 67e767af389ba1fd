/** `filterFieldsByName`, `filterByRefId`, `filterFields`: what stays of fields and frames. */
import { at, isObject, type JsonObject, textOf, textsOf } from "../dashboard/json.ts";
import { fieldMatcher } from "../format/field-matcher.ts";
import { safeRegExp } from "../format/safe-reg-exp.ts";
import type { Field, Frame } from "../query/frame.ts";
import { fieldName, withFields } from "./names.ts";

export function filterFieldsByName(
  frames: readonly Frame[],
  options: JsonObject,
  text: (text: string) => string,
): readonly Frame[] {
  const include = nameTest(options["include"], text);
  const exclude = nameTest(options["exclude"], text);
  return frames
    .map((frame) =>
      withFields(
        frame,
        frame.fields.filter((field) => {
          const names = [field.name, fieldName(field, frame)];
          const isIn = include === undefined || names.some(include);
          return isIn && !(exclude !== undefined && names.some(exclude));
        }),
      ),
    )
    .filter(({ fields }) => fields.length > 0);
}

function nameTest(json: JsonObject[string], text: (text: string) => string): ((name: string) => boolean) | undefined {
  if (!isObject(json)) return undefined;
  const names = new Set(textsOf(json["names"]).map(text));
  const variable = textOf(json["variable"], 500);
  if (variable !== undefined)
    for (const name of text(variable)
      .replaceAll(/^\{|\}$/g, "")
      .split(","))
      names.add(name);
  const written = textOf(json["pattern"], 1000) ?? "";
  const pattern = written === "" ? undefined : safeRegExp(text(written));
  if (names.size === 0 && pattern === undefined) return undefined;
  return (name) => names.has(name) || (pattern?.test(name) ?? false);
}

export function filterFrames(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const include = textOf(options["include"], 500);
  const exclude = textOf(options["exclude"], 500);
  const fits = (pattern: string, refId: string): boolean =>
    pattern.split("|").includes(refId) || (safeRegExp(`^(?:${pattern})$`)?.test(refId) ?? false);
  return frames.filter(
    ({ refId }) =>
      (include === undefined || include === "" || fits(include, refId)) &&
      (exclude === undefined || exclude === "" || !fits(exclude, refId)),
  );
}

/** With any of the matchers that overrides know. */
export function filterFields(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const test = (key: string): ((field: Field, frame: Frame) => boolean) | undefined => {
    const id = textOf(at(options, key, "id"), 100);
    if (id === undefined) return undefined;
    const how = at(options, key, "options");
    const matches = fieldMatcher(id, isObject(how) ? how : (textOf(how, 1000) ?? ""));
    return (field, frame) => matches(field, frame, fieldName(field, frame));
  };
  const include = test("include");
  const exclude = test("exclude");
  return frames.map((frame) =>
    withFields(
      frame,
      frame.fields.filter((field) => (include?.(field, frame) ?? true) && !(exclude?.(field, frame) ?? false)),
    ),
  );
}
