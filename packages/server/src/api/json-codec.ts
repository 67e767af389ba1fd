/**
 * Answers as JSON, byte by byte as Prometheus's own, in chunks: between them the event loop has its turn.
 * Source: Prometheus, web/api/v1/json_codec.go, util/jsonutil, promql/value.go; jsoniter, which escapes HTML.
 */
import type { QueryValue, ResultSeries } from "@haltwatch/promql";
import { Labels } from "@haltwatch/store";
import type { Answer } from "./answer.ts";
import type { ApiError } from "./api-error.ts";
import { ByteWriter } from "./byte-writer.ts";
import { plainValue } from "./go-text.ts";

/** Most warnings, and most infos, in one answer (Prometheus: 10). */
const MAX_ANNOTATIONS = 10;

type Annotations = { readonly warnings?: readonly string[]; readonly infos?: readonly string[] };

/** A successful answer's bytes. */
export function* encoded(answer: Extract<Answer, { kind: "data" | "result" }>): Generator<Uint8Array> {
  const writer = new ByteWriter();
  writer.text('{"status":"success","data":');
  if (answer.kind === "data") yield* writeData(writer, answer.data);
  else {
    writer.text(`{"resultType":${json(answer.value.type)},"result":`);
    yield* writeResult(writer, answer.value);
    writer.text(answer.stats === undefined ? "}" : `,"stats":${json(answer.stats)}}`);
  }
  writer.text(annotations(answer));
  writer.text("}");
  yield writer.take();
}

/** A failure's text. */
export function encodedError({ type, message }: ApiError): string {
  return json({ status: "error", errorType: type, error: message });
}

/** JSON in which nothing looks like HTML, as Go writes it; {@link Labels} and maps are objects. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof Labels ? part.toObject() : part instanceof Map ? Object.fromEntries(part) : part,
  ).replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function* writeData(writer: ByteWriter, data: unknown): Generator<Uint8Array> {
  if (!Array.isArray(data)) {
    writer.text(json(data));
    return;
  }
  writer.text("[");
  for (const [index, item] of data.entries()) {
    if (index > 0) writer.comma();
    writer.text(json(item));
    if (writer.isFull) yield writer.take();
  }
  writer.text("]");
}

function* writeResult(writer: ByteWriter, result: QueryValue): Generator<Uint8Array> {
  if (result.type === "scalar" || result.type === "string") {
    const value = result.type === "scalar" ? plainValue(result.value) : result.value;
    writer.text(json([result.timeMs / 1000, value]));
    return;
  }
  writer.text("[");
  for (const [index, series] of result.series.entries()) {
    if (index > 0) writer.comma();
    if (result.type === "vector") writeSample(writer, series);
    else yield* writeSeries(writer, series);
    if (writer.isFull) yield writer.take();
  }
  writer.text("]");
}

function writeSample(writer: ByteWriter, { labels, times, values }: ResultSeries): void {
  writer.text(`{"metric":${json(labels)},"value":`);
  writer.points(times, values, 0);
  writer.text("}");
}

function* writeSeries(writer: ByteWriter, { labels, times, values }: ResultSeries): Generator<Uint8Array> {
  writer.text(`{"metric":${json(labels)},"values":[`);
  for (let i = 0; i < times.length; ) {
    i = writer.points(times, values, i);
    if (writer.isFull) yield writer.take();
  }
  writer.text("]}");
}

function annotations({ warnings = [], infos = [] }: Annotations): string {
  const write = (name: string, kind: string, all: readonly string[]): string => {
    if (all.length === 0) return "";
    const omitted = all.length - MAX_ANNOTATIONS;
    const shown = omitted > 0 ? [...all.slice(0, MAX_ANNOTATIONS), `${omitted} more ${kind} annotations omitted`] : all;
    return `,"${name}":${json(shown)}`;
  };
  return write("warnings", "warning", warnings) + write("infos", "info", infos);
}
