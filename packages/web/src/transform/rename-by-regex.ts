/** `renameByRegex`. */
import { type JsonObject, textOf } from "../dashboard/json.ts";
import { safeRegExp } from "../format/safe-reg-exp.ts";
import type { Frame } from "../query/frame.ts";
import { fieldName, renamed, withFields } from "./names.ts";

export function renameByRegex(
  frames: readonly Frame[],
  options: JsonObject,
  text: (text: string) => string,
): readonly Frame[] {
  const pattern = safeRegExp(text(textOf(options["regex"], 1000) ?? ""));
  const by = textOf(options["renamePattern"], 1000) ?? "";
  if (pattern === undefined) return frames;
  return frames.map((frame) =>
    withFields(
      frame,
      frame.fields.map((field) => {
        const name = fieldName(field, frame);
        return pattern.test(name) ? renamed(field, pattern.replace(name, by)) : field;
      }),
    ),
  );
}
