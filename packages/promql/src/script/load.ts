/** Loads a script's series, with since when their samples count. Source: Prometheus 3, promql/promqltest/test.go (`parseLoad`). */
import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { MemoryStorage } from "../storage/memory-storage.ts";
import type { LoadCommand } from "./script.ts";
import { ScriptError } from "./script-error.ts";
import { type NotedSeries, parseSeries } from "./series-notation.ts";
import { parseStarts } from "./start-notation.ts";

/** Milliseconds from each sample's time to its start; `undefined` where it has none. */
type Starts = readonly (number | undefined)[];

const START_LINE = /^(\S*)@st\s+(.*)$/;

/** @throws {ScriptError} */
export function load(storage: MemoryStorage, command: LoadCommand): void {
  let usual: Starts = [];
  let pending: { readonly labels: Labels; readonly starts: Starts; readonly line: number } | undefined;
  for (const { line, text } of command.lines) {
    const [, metric, notation = ""] = START_LINE.exec(text) ?? [];
    if (metric !== undefined) {
      if (pending !== undefined) throw new ScriptError(pending.line, "@st line has no following sample line");
      const starts = orScriptError(line, () => parseStarts(notation));
      if (metric === "") usual = starts;
      else pending = { labels: orScriptError(line, () => parseSeries(`${metric} _`)).labels, starts, line };
      continue;
    }
    const series = orScriptError(line, () => parseSeries(text));
    if (pending !== undefined) checkPair(series, pending);
    append(storage, command, series, pending?.starts ?? usual);
    pending = undefined;
  }
  if (pending !== undefined) throw new ScriptError(pending.line, "@st line has no following sample line");
}

function orScriptError<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ScriptError(line, error instanceof Error ? error.message : String(error));
  }
}

function checkPair({ labels, samples }: NotedSeries, pending: { labels: Labels; starts: Starts; line: number }): void {
  if (labels.key !== pending.labels.key)
    throw new ScriptError(pending.line, "@st metric does not match the following sample line metric");
  if (samples.length === pending.starts.length) return;
  const counts = `@st line has ${pending.starts.length} values but sample line has ${samples.length}`;
  throw new ScriptError(pending.line, counts);
}

/** Starts that are fewer than the samples begin again. */
function append(storage: MemoryStorage, command: LoadCommand, { labels, samples }: NotedSeries, starts: Starts): void {
  for (const [index, sample] of samples.entries()) {
    if (sample === "none") continue;
    const timeMs = index * command.intervalMs;
    const start = starts.length === 0 ? undefined : starts[index % starts.length];
    storage.append(labels, timeMs, sample, start === undefined ? 0 : timeMs + start);
  }
  if (!command.withHistograms || !labels.has("le")) return;
  const name = labels.get(METRIC_NAME).replace(/_bucket$/, "");
  storage.append(labels.drop(new Set(["le"])).with(METRIC_NAME, name), 0, "histogram");
}
