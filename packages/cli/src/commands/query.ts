/** `haltwatch query`: asks a running Haltwatch, or any Prometheus, and prints what it answers. */

import { plot } from "../plot.ts";
import { type ApiAnswer, type ApiSeries, askServer } from "../prometheus-api.ts";

export interface QueryFlags {
  readonly url: string;
  /** Unix milliseconds. */
  readonly at?: number;
  /** Seconds back from `at`. */
  readonly range?: number;
  readonly step?: number;
  readonly json?: true;
}

/** Series of a range beyond which they are not drawn, but listed. */
const MAX_PLOTS = 8;

const PLOT = { width: 72, height: 8 };

/** So many points across, unless a step is given. */
const POINTS = 144;

/** @throws {CommandError} if nobody answers, or the query is refused */
export async function query(expr: string, flags: QueryFlags): Promise<void> {
  const answer = await ask(expr, flags);
  for (const note of [...answer.warnings, ...answer.infos]) process.stderr.write(`${note}\n`);
  process.stdout.write(flags.json === true ? `${JSON.stringify(answer.data, undefined, 2)}\n` : shown(answer));
}

function ask(expr: string, { url, at = Date.now(), range, step }: QueryFlags): Promise<ApiAnswer> {
  const token = process.env["HALTWATCH_TOKEN"];
  if (range === undefined) {
    return askServer({ url, token, path: "/api/v1/query", parameters: { query: expr, time: `${at / 1000}` } });
  }
  const parameters = {
    query: expr,
    start: `${at / 1000 - range}`,
    end: `${at / 1000}`,
    step: `${step ?? Math.max(1, Math.ceil(range / POINTS))}`,
  };
  return askServer({ url, token, path: "/api/v1/query_range", parameters });
}

function shown({ data }: ApiAnswer): string {
  switch (data.resultType) {
    case "scalar":
    case "string":
      return `${data.result[1]}\n`;
    case "vector":
      return data.result.length === 0 ? NOTHING : table(data.result);
    case "matrix":
      return data.result.length === 0 ? NOTHING : plots(data.result);
    default:
      return data satisfies never;
  }
}

const NOTHING = "(no series)\n";

function plots(series: readonly ApiSeries[]): string {
  const parts = series.slice(0, MAX_PLOTS).map(drawn);
  const rest = series.length - MAX_PLOTS;
  if (rest > 0) parts.push(`… and ${rest} more series: ask for fewer, or with --json\n`);
  return parts.join("\n");
}

function table(series: readonly ApiSeries[]): string {
  const rows = series.map(({ metric, value, values }) => [
    seriesText(metric),
    value?.[1] ?? (values ?? []).map(([time, number]) => `${number} @${time}`).join(" "),
  ]);
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return rows.map(([name = "", value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

function drawn({ metric, values = [] }: ApiSeries): string {
  const points = values.map(([time, value]) => [time, Number(value.replace("Inf", "Infinity"))] as const);
  const [first, last] = [values[0]?.[0], values.at(-1)?.[0]];
  const from = first === undefined ? "" : clock(first);
  const to = last === undefined ? "" : clock(last);
  const lines = plot(points, PLOT);
  const margin = Math.max(0, (lines[0] ?? "").indexOf("┤"));
  const axis = `${" ".repeat(margin)} ${from}${" ".repeat(Math.max(1, PLOT.width - from.length - to.length))}${to}`;
  return `${seriesText(metric)}\n${lines.join("\n")}\n${axis}\n`;
}

function clock(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(11, 19)}Z`;
}

/** `up{job="bot"}` */
function seriesText({ __name__: name = "", ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 && name !== "" ? name : `${name}{${pairs.join(", ")}}`;
}
