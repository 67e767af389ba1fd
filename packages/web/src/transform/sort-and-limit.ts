/** `sortBy`, `limit`: rows in order, and the first of them. */
import { flagOf, type JsonObject, numberOf, objectsOf, textOf } from "../dashboard/json.ts";
import { type Frame, numeric } from "../query/frame.ts";
import { isNamed, rowsOf, withFields } from "./names.ts";

export function sortBy(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const [first] = objectsOf(options["sort"], 5);
  const name = textOf(first?.["field"], 500);
  if (name === undefined) return frames;
  const direction = flagOf(first?.["desc"]) ? -1 : 1;
  return frames.map((frame) => {
    const field = frame.fields.find((one) => isNamed(one, frame, name));
    if (field === undefined) return frame;
    const rows = Array.from({ length: frame.length }, (_, row) => row).sort((a, b) => {
      const [left, right] = [field.values[a], field.values[b]];
      if (field.type === "string")
        return direction * String(left ?? "").localeCompare(String(right ?? ""), "en", { numeric: true });
      const [x, y] = [numeric(left), numeric(right)];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return direction * (x - y);
    });
    return withFields(
      frame,
      frame.fields.map((one) => rowsOf(one, rows)),
    );
  });
}

export function limit(frames: readonly Frame[], options: JsonObject, text: (text: string) => string): readonly Frame[] {
  const most = numberOf(text(textOf(options["limitField"], 100) ?? "10")) ?? 10;
  return frames.map((frame) => {
    if (frame.length <= most) return frame;
    const rows = Array.from({ length: Math.max(0, Math.floor(most)) }, (_, row) => row);
    return withFields(
      frame,
      frame.fields.map((field) => rowsOf(field, rows)),
    );
  });
}
