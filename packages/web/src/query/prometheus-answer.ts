/** Answers of `/api/v1/query` and `/api/v1/query_range`, checked and turned into typed arrays. */
import { isObject, type Json } from "../dashboard/json.ts";
import type { Labels } from "./frame.ts";

/** A browser cannot show more, and a person cannot read more. */
const MAX_SERIES = 2000;

export interface InstantSeries {
  readonly labels: Labels;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
  /** Of native histograms: bounds and counts. */
  readonly text: string | undefined;
}

export interface RangeSeries {
  readonly labels: Labels;
  /** `[seconds, "value"]`, oldest first. */
  readonly points: readonly Json[];
}

class AnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AnswerError";
  }
}

/** @throws {AnswerError} if it is no answer of Prometheus */
export function readInstant(data: unknown): readonly InstantSeries[] {
  const { resultType, result } = answerOf(data);
  if (resultType === "scalar" || resultType === "string") {
    const [time, value] = Array.isArray(result) ? (result as readonly Json[]) : [];
    return [
      {
        labels: {},
        time: secondsOf(time),
        value: sampleValue(value),
        text: resultType === "string" ? String(value) : undefined,
      },
    ];
  }
  if (!Array.isArray(result)) throw new AnswerError("the answer holds no result");
  return (result as readonly Json[]).slice(0, MAX_SERIES).map((one) => {
    const series = isObject(one) ? one : {};
    const point = series["value"] ?? series["histogram"];
    const [time, value] = Array.isArray(point) ? (point as readonly Json[]) : [];
    return { labels: labelsOf(series["metric"]), time: secondsOf(time), value: sampleValue(value), text: undefined };
  });
}

/** @throws {AnswerError} if it is no answer of Prometheus */
export function readRange(data: unknown): readonly RangeSeries[] {
  const { resultType, result } = answerOf(data);
  if (resultType !== "matrix" || !Array.isArray(result)) throw new AnswerError("the answer is no range of values");
  return (result as readonly Json[]).slice(0, MAX_SERIES).map((one) => {
    const series = isObject(one) ? one : {};
    const values = series["values"];
    return { labels: labelsOf(series["metric"]), points: Array.isArray(values) ? (values as readonly Json[]) : [] };
  });
}

/** How many series of an answer are left out, because there are more than a page can show. */
export function leftOutSeries(data: unknown): number {
  const { result, resultType } = answerOf(data);
  const isList = resultType === "vector" || resultType === "matrix";
  return isList && Array.isArray(result) ? Math.max(0, result.length - MAX_SERIES) : 0;
}

function answerOf(data: unknown): { readonly resultType: Json | undefined; readonly result: Json | undefined } {
  // What JSON.parse gives is JSON.
  const json = data as Json | undefined;
  if (!isObject(json)) throw new AnswerError("the answer is none of Prometheus's");
  return { resultType: json["resultType"], result: json["result"] };
}

function labelsOf(json: Json | undefined): Labels {
  if (!isObject(json)) return {};
  for (const value of Object.values(json)) if (typeof value !== "string") return {};
  // Checked: each value is a text.
  return json as Labels;
}

function secondsOf(json: Json | undefined): number {
  return typeof json === "number" ? json * 1000 : Number.NaN;
}

/** `"NaN"`, `"+Inf"` and `"-Inf"` come as texts too. */
export function sampleValue(json: Json | undefined): number {
  if (typeof json === "string") {
    if (json === "+Inf") return Number.POSITIVE_INFINITY;
    if (json === "-Inf") return Number.NEGATIVE_INFINITY;
    return json === "" ? Number.NaN : Number(json);
  }
  return typeof json === "number" ? json : Number.NaN;
}
