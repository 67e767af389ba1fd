/** The records as rows: one kind a file, a column for each fact, its unit in its name. */
import type { Opportunity, OrderReport, OrderStatus, Spread, Venue } from "../arbitrage/records.ts";
import { durationMs } from "../duration.ts";
import type { Cell } from "./csv-line.ts";

/** What was recorded, and when. An order's latency is in milliseconds. */
export type CsvRecord =
  | { readonly kind: "order"; readonly time: Date; readonly venue: Venue; readonly report: OrderReport }
  | { readonly kind: "latency"; readonly time: Date; readonly metric: string; readonly ms: number }
  | { readonly kind: "opportunity"; readonly time: Date; readonly opportunity: Opportunity }
  | { readonly kind: "spread"; readonly time: Date; readonly spread: Spread };

export type CsvKind = CsvRecord["kind"];

/** By kind: the name its files begin with, and their columns. */
export const CSV_FILES: Readonly<Record<CsvKind, { readonly name: string; readonly columns: readonly string[] }>> = {
  order: {
    name: "orders",
    columns: ["time", "venue", "status", "order_id", "symbol", "side", "volume_quote", "latency_ms", "reason"],
  },
  latency: { name: "latencies", columns: ["time", "metric", "latency_ms"] },
  opportunity: { name: "opportunities", columns: ["time", "symbol", "spread_gross_bps", "spread_net_bps"] },
  spread: { name: "spreads", columns: ["time", "spread_gross_bps", "spread_net_bps"] },
};

/** The record's cells, in the order of its kind's columns. */
export function cellsOf(record: CsvRecord): readonly Cell[] {
  const time = record.time.toISOString();
  switch (record.kind) {
    case "order": {
      const { status, orderId, symbol, side, volumeQuote, latency, reason } = record.report;
      const latencyMs = latency === undefined ? undefined : number(durationMs(latency));
      return [time, record.venue, status, orderId, symbol, side, number(volumeQuote), latencyMs, reason];
    }
    case "latency":
      return [time, record.metric, number(record.ms)];
    case "opportunity": {
      const { symbol, spreadGrossBps, spreadNetBps } = record.opportunity;
      return [time, symbol, number(spreadGrossBps), number(spreadNetBps)];
    }
    case "spread":
      return [time, number(record.spread.grossBps), number(record.spread.netBps)];
    default:
      return record satisfies never;
  }
}

/** The record that these cells are, or what is wrong with them. */
export function recordOf(kind: CsvKind, cells: readonly Cell[]): CsvRecord | string {
  const { columns } = CSV_FILES[kind];
  if (cells.length !== columns.length) return `it has ${cells.length} cells, and should have ${columns.length}`;
  const cell = (column: string): Cell => cells[columns.indexOf(column)];
  const time = new Date(cell("time") ?? "");
  if (Number.isNaN(time.getTime())) return `its time is ${JSON.stringify(cell("time"))}`;
  const numbers = new Map<string, number>();
  for (const column of columns) {
    const text = cell(column);
    if (!/_(ms|bps|quote)$/.test(column) || text === undefined) continue;
    const value = text === "NaN" ? Number.NaN : Number(text);
    if (Number.isNaN(value) && text !== "NaN") return `its ${column} is ${JSON.stringify(text)}`;
    numbers.set(column, value);
  }
  const required = (column: string): number => numbers.get(column) ?? Number.NaN;
  switch (kind) {
    case "order":
      return { kind, time, venue: cell("venue") ?? "", report: reportOf(cell, numbers) };
    case "latency":
      return { kind, time, metric: cell("metric") ?? "", ms: required("latency_ms") };
    case "opportunity": {
      const spreads = { spreadGrossBps: required("spread_gross_bps"), spreadNetBps: required("spread_net_bps") };
      return { kind, time, opportunity: present({ symbol: cell("symbol"), ...spreads }) };
    }
    case "spread":
      return { kind, time, spread: { grossBps: required("spread_gross_bps"), netBps: required("spread_net_bps") } };
    default:
      return kind satisfies never;
  }
}

function reportOf(cell: (column: string) => Cell, numbers: ReadonlyMap<string, number>): OrderReport {
  return present({
    status: (cell("status") ?? "") as OrderStatus, // as it was recorded: recordOrder let nothing else through
    orderId: cell("order_id"),
    symbol: cell("symbol"),
    side: cell("side") as "buy" | "sell" | undefined, // as it was recorded
    volumeQuote: numbers.get("volume_quote"),
    latency: numbers.get("latency_ms"),
    reason: cell("reason"),
  });
}

/** Without the keys whose value is absent, as a report is written by hand. */
function present<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T; // keys less undefined
}

/** Reads back to the same double, the sign of zero included. */
function number(value: number | undefined): Cell {
  if (value === undefined) return undefined;
  return Object.is(value, -0) ? "-0" : String(value);
}
