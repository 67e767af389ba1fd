/** Names, colours and calculations of series: a list or a table, which also switches series off and on. */
import type { JSX } from "preact";
import { at, flagOf, type JsonObject, numberOf, textOf, textsOf, wordOf } from "../dashboard/json.ts";
import type { ShownField } from "../format/shown-field.ts";
import { formatValue } from "../format/value-format.ts";
import { isUnitless, reduceField, reducerName } from "../query/reduce.ts";
import { Swatch } from "./swatch.tsx";

export interface LegendOptions {
  readonly mode: "list" | "table" | "hidden";
  readonly isRight: boolean;
  readonly calcs: readonly string[];
  readonly sortBy: string;
  readonly sortsDown: boolean;
  readonly width: number | undefined;
}

/** Longer legends would take longer to draw than their charts. */
const MAX_ENTRIES = 200;

export function legendOptions(options: JsonObject): LegendOptions {
  const legend = options["legend"];
  const isShown = flagOf(at(legend, "showLegend"), true) && at(legend, "displayMode") !== "hidden";
  return {
    mode: isShown ? wordOf(at(legend, "displayMode"), ["list", "table"], "list") : "hidden",
    isRight: at(legend, "placement") === "right",
    calcs: textsOf(at(legend, "calcs"), 20),
    sortBy: textOf(at(legend, "sortBy"), 100) ?? "",
    sortsDown: flagOf(at(legend, "sortDesc")),
    width: numberOf(at(legend, "width")),
  };
}

export interface LegendProps {
  readonly fields: readonly ShownField[];
  readonly options: LegendOptions;
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (name: string, adds: boolean) => void;
}

export function Legend({ fields, options, hidden, onToggle }: LegendProps): JSX.Element | null {
  if (options.mode === "hidden" || fields.length === 0) return null;
  const shown = sorted(fields, options).slice(0, MAX_ENTRIES);
  const left = fields.length - shown.length;
  const more = left > 0 ? `and ${left} more` : "";
  const toggle = (field: ShownField): JSX.Element => (
    <button
      type="button"
      class="hw-panel-legend-name"
      aria-pressed={!hidden.has(field.shownName)}
      title={field.shownName}
      onClick={(event) => onToggle(field.shownName, event.ctrlKey || event.metaKey || event.shiftKey)}
    >
      <Swatch color={field.color} />
      <span>{field.shownName}</span>
    </button>
  );
  if (options.mode === "table") {
    return (
      <div class={legendClass(options)}>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              {options.calcs.map((calc) => (
                <th scope="col" key={calc}>
                  {reducerName(calc)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((field, index) => (
              <tr key={`${index} ${field.shownName}`}>
                <th scope="row">{toggle(field)}</th>
                {options.calcs.map((calc) => (
                  <td key={calc}>{calculated(field, calc)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {more}
      </div>
    );
  }
  return (
    <ul class={legendClass(options)}>
      {shown.map((field, index) => (
        <li key={`${index} ${field.shownName}`}>
          {toggle(field)}
          {options.calcs.map((calc) => (
            <span key={calc} class="hw-panel-legend-calc">
              {reducerName(calc)}: {calculated(field, calc)}
            </span>
          ))}
        </li>
      ))}
      {more === "" ? null : <li>{more}</li>}
    </ul>
  );
}

function legendClass({ mode, isRight }: LegendOptions): string {
  return `hw-panel-legend hw-panel-legend-${mode}${isRight ? " hw-panel-legend-right" : ""}`;
}

export function calculated(field: ShownField, calc: string): string {
  const value = reduceField(field, calc);
  if (isUnitless(calc) && typeof value === "number")
    return formatValue(value, calc === "diffperc" ? "percentunit" : "none");
  return field.show(value).text || "–";
}

function sorted(fields: readonly ShownField[], { sortBy, sortsDown, calcs }: LegendOptions): readonly ShownField[] {
  if (sortBy === "") return fields;
  const direction = sortsDown ? -1 : 1;
  if (sortBy === "Name") return fields.toSorted((a, b) => direction * a.shownName.localeCompare(b.shownName));
  const calc = calcs.find(
    (one) => reducerName(one) === sortBy || reducerName(one).replace(" *", "") === sortBy.replace(" *", ""),
  );
  if (calc === undefined) return fields;
  const keyed = fields.map((field) => ({ field, key: Number(reduceField(field, calc)) }));
  return keyed
    .sort(
      (a, b) =>
        direction * ((Number.isNaN(a.key) ? -Infinity : a.key) - (Number.isNaN(b.key) ? -Infinity : b.key) || 0),
    )
    .map(({ field }) => field);
}
