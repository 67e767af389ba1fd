/** What a chart shows, said in words for those who do not see it. */
import type { ShownField } from "../format/shown-field.ts";
import { reduceField } from "../query/reduce.ts";

const MAX_SERIES = 5;

/** The title, and of the first few series the last, least and largest value. */
export function summaryOf(title: string, fields: readonly ShownField[]): string {
  const name = title === "" ? "Chart" : title;
  if (fields.length === 0) return `${name}: no data`;
  const said = fields.slice(0, MAX_SERIES).map((field) => {
    const text = (calc: string): string => field.show(reduceField(field, calc)).text || "nothing";
    return `${field.shownName} ${text("lastNotNull")} (${text("min")} to ${text("max")})`;
  });
  const more = fields.length > MAX_SERIES ? `; and ${fields.length - MAX_SERIES} more` : "";
  return `${name}: ${fields.length} series. ${said.join("; ")}${more}`;
}
