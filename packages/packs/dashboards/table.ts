/** A table of what is so now: one line for each series of its queries, which are joined by their labels. */
import { TableCellDisplayMode, type TableCellOptions } from "@grafana/grafana-foundation-sdk/common";
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { NEUTRAL } from "./colours.ts";
import { dressed, type MakePanel, type PanelOptions, steps } from "./panel.ts";
import type { Query } from "./queries.ts";

/** A column: a label, or a query's value by its refId, `A` for the first. */
interface Column {
  readonly of: string | { readonly query: "A" | "B" | "C" | "D" | "E" };
  readonly title: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly mappings?: ValueMapping[];
  /** Where a click leads. */
  readonly link?: { readonly title: string; readonly url: string };
}

export interface TableOptions extends Omit<PanelOptions, "unit"> {
  /** Expressions; what they are called does not matter. */
  readonly queries: readonly string[];
  /** In their order; what is not named is not shown. */
  readonly columns: readonly Column[];
}

export function table(options: TableOptions): MakePanel {
  const { columns } = options;
  const queries = options.queries.map((expr): Query => [expr, ""]);
  const named = columns.map(({ of, ...column }) => ({ ...column, field: fieldOf(of, queries.length) }));
  return (context) => {
    const panel = dressed(new PanelBuilder(), context, { ...options, unit: "none" }, queries, "table").thresholds(
      steps([null, NEUTRAL]),
    );
    if (queries.length > 1) panel.withTransformation({ id: "merge", options: {} });
    panel.withTransformation({
      id: "filterFieldsByName",
      options: { include: { names: named.map(({ field }) => field) } },
    });
    panel.withTransformation({
      id: "organize",
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(named.map(({ field }, index) => [field, index])),
        renameByName: Object.fromEntries(named.map(({ field, title }) => [field, title])),
      },
    });
    for (const { title, unit, decimals, mappings, link } of named) {
      const properties: DynamicConfigValue[] = [];
      if (unit !== undefined) properties.push({ id: "unit", value: unit });
      if (decimals !== undefined) properties.push({ id: "decimals", value: decimals });
      if (mappings !== undefined) {
        const cell: TableCellOptions = { type: TableCellDisplayMode.ColorText };
        const color = new FieldColorBuilder().mode(FieldColorModeId.Thresholds).build();
        properties.push(
          { id: "mappings", value: mappings },
          { id: "custom.cellOptions", value: cell },
          { id: "color", value: color },
        );
      }
      if (link !== undefined) properties.push({ id: "links", value: [{ ...link, targetBlank: true }] });
      if (properties.length > 0) panel.overrideByName(title, properties);
    }
    return panel;
  };
}

/** As Grafana names the columns of one table, and of several that are merged. */
function fieldOf(of: Column["of"], queries: number): string {
  if (typeof of === "string") return of;
  return queries === 1 ? "Value" : `Value #${of.query}`;
}
