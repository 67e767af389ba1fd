/**
 * The records as rows: one kind a file, a column for each fact, its unit in its name. What is written is checked as
 * strictly as what is read, so that one odd record cannot make a file unreadable.
 */
import type { Opportunity, OrderReport, OrderStatus, Spread, Venue } from "../arbitrage/records.ts";
import { durationMs } from "../duration.ts";
import type { Cell, LineFault, ParsedLine } from "./csv-line.ts";

/** What was recorded, and when. An order's latency is in milliseconds. */
export type CsvRecord =
  | { readonly kind: "order"; readonly time: Date; readonly venue: Venue; readonly report: OrderReport }
  | { readonly kind: "latency"; readonly time: Date; readonly metric: string; readonly ms: number }
  | { readonly kind: "opportunity"; readonly time: Date; readonly opportunity: Opportunity }
  | { readonly kind: "spread"; readonly time: Date; readonly spread: Spread };

export type CsvKind = CsvRecord["kind"];

type Side = NonNullable<OrderReport["side"]>;

/** How much of a cell at fault an error shows, characters. */
const SHOWN_CHARACTERS = 80;

/** True for what may stand in a column. */
type Check = (cell: Cell) => boolean;

const STATUSES: Readonly<Record<OrderStatus, true>> = {
  filled: true,
  partially_filled: true,
  canceled: true,
  rejected: true,
  failed: true,
};
const SIDES: Readonly<Record<Side, true>> = { buy: true, sell: true };

const isText: Check = (cell) => cell !== undefined;
const isNumber: Check = (cell) =>
  cell !== undefined && /^(?:NaN|-?(?:Infinity|\d+(?:\.\d+)?(?:e[+-]?\d+)?))$/.test(cell);
const isStatus: Check = (cell) => cell !== undefined && Object.hasOwn(STATUSES, cell);
const isSide: Check = (cell) => cell !== undefined && Object.hasOwn(SIDES, cell);
const isTime: Check = (cell) => {
  const time = new Date(cell ?? "");
  return !Number.isNaN(time.getTime()) && time.toISOString() === cell;
};
const orAbsent =
  (check: Check): Check =>
  (cell) =>
    cell === undefined || check(cell);

/** By kind: the name its files begin with, and what each column holds. */
const CSV_FILES: Readonly<
  Record<CsvKind, { readonly name: string; readonly columns: Readonly<Record<string, Check>> }>
> = {
  order: {
    name: "orders",
    columns: {
      time: isTime,
      venue: isText,
      status: isStatus,
      order_id: orAbsent(isText),
      symbol: orAbsent(isText),
      side: orAbsent(isSide),
      volume_quote: orAbsent(isNumber),
      latency_ms: orAbsent(isNumber),
      reason: orAbsent(isText),
    },
  },
  latency: { name: "latencies", columns: { time: isTime, metric: isText, latency_ms: isNumber } },
  opportunity: {
    name: "opportunities",
    columns: { time: isTime, symbol: orAbsent(isText), spread_gross_bps: isNumber, spread_net_bps: isNumber },
  },
  spread: { name: "spreads", columns: { time: isTime, spread_gross_bps: isNumber, spread_net_bps: isNumber } },
};

export const CSV_KINDS: readonly CsvKind[] = ["order", "latency", "opportunity", "spread"];

/** What the kind's files are called before the day: `orders`. */
export function fileNameOf(kind: CsvKind): string {
  return CSV_FILES[kind].name;
}

/** The names of the kind's columns. */
export function columnsOf(kind: CsvKind): readonly string[] {
  return Object.keys(CSV_FILES[kind].columns);
}

/**
 * The record's cells, in the order of its kind's columns.
 *
 * @throws {TypeError} where a value is not what its type says, as can be in a bot written in JavaScript
 */
export function cellsOf(record: CsvRecord): readonly Cell[] {
  const cells = uncheckedCellsOf(record);
  for (const [at, [column, check]] of Object.entries(CSV_FILES[record.kind].columns).entries()) {
    if (!check(cells[at])) throw new TypeError(`its ${column} is ${shown(cells[at])}`);
  }
  return cells;
}

function uncheckedCellsOf(record: CsvRecord): readonly Cell[] {
  const time = record.time.toISOString();
  switch (record.kind) {
    case "order": {
      const { status, orderId, symbol, side, volumeQuote, latency, reason } = record.report;
      const latencyMs = latency === undefined || latency === null ? undefined : durationMs(latency);
      return [
        time,
        text(record.venue),
        text(status),
        text(orderId),
        text(symbol),
        text(side),
        number(volumeQuote),
        number(latencyMs),
        text(reason),
      ];
    }
    case "latency":
      return [time, text(record.metric), number(record.ms)];
    case "opportunity": {
      const { symbol, spreadGrossBps, spreadNetBps } = record.opportunity;
      return [time, text(symbol), number(spreadGrossBps), number(spreadNetBps)];
    }
    case "spread":
      return [time, number(record.spread.grossBps), number(record.spread.netBps)];
    default:
      return record satisfies never;
  }
}

/** The record that this line is, or what is wrong with it. */
export function recordOf(kind: CsvKind, line: ParsedLine): CsvRecord | LineFault {
  const columns = Object.entries(CSV_FILES[kind].columns);
  if (line.cells.length !== columns.length)
    return { fault: `it has ${line.cells.length} cells, and should have ${columns.length}`, column: 1 };
  const row = new Map<string, Cell>();
  for (const [at, [column, check]] of columns.entries()) {
    const cell = line.cells[at];
    if (!check(cell)) return { fault: `its ${column} is ${shown(cell)}`, column: line.columns[at] ?? 1 };
    row.set(column, cell);
  }
  // The checks have let through only texts and numbers where they are required.
  const textIn = (column: string): string => row.get(column) ?? "";
  const numberIn = (column: string): number => Number(row.get(column));
  const time = new Date(textIn("time"));
  switch (kind) {
    case "order":
      return { kind, time, venue: textIn("venue"), report: reportOf(row) };
    case "latency":
      return { kind, time, metric: textIn("metric"), ms: numberIn("latency_ms") };
    case "opportunity": {
      const spreads = { spreadGrossBps: numberIn("spread_gross_bps"), spreadNetBps: numberIn("spread_net_bps") };
      return { kind, time, opportunity: present({ symbol: row.get("symbol"), ...spreads }) };
    }
    case "spread":
      return { kind, time, spread: { grossBps: numberIn("spread_gross_bps"), netBps: numberIn("spread_net_bps") } };
    default:
      return kind satisfies never;
  }
}

function reportOf(row: ReadonlyMap<string, Cell>): OrderReport {
  const numberIn = (column: string): number | undefined => {
    const cell = row.get(column);
    return cell === undefined ? undefined : Number(cell);
  };
  return present({
    status: row.get("status") as OrderStatus, // recordOf has checked it with isStatus
    orderId: row.get("order_id"),
    symbol: row.get("symbol"),
    side: row.get("side") as Side | undefined, // recordOf has checked it with isSide
    volumeQuote: numberIn("volume_quote"),
    latency: numberIn("latency_ms"),
    reason: row.get("reason"),
  });
}

/** Without the keys whose value is absent, as a report is written by hand. */
function present<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T; // keys less undefined
}

/** A bot written in JavaScript may say `null` for what is absent. */
function text(value: string | undefined): Cell {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new TypeError(`a text is ${typeof value}`);
  return value;
}

/** Reads back to the same double, the sign of zero included. */
function number(value: number | undefined): Cell {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new TypeError(`a number is ${typeof value}`);
  return Object.is(value, -0) ? "-0" : String(value);
}

function shown(cell: Cell): string {
  return cell === undefined ? "absent" : JSON.stringify(cell.slice(0, SHOWN_CHARACTERS));
}
