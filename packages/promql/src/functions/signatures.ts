/** Which functions there are, and what they take and give. Source: Prometheus 3, promql/parser/functions.go. */
import type { ValueType } from "../ast.ts";

export interface FunctionSignature {
  readonly name: string;
  readonly args: readonly ValueType[];
  /** How many of the last arguments may be left out; `"any"`: the last may also be repeated without end. */
  readonly optional: number | "any";
  /** Most arguments, where the last may be repeated but not without end. */
  readonly most: number | undefined;
  readonly returns: ValueType;
  /** Prometheus takes it only with `--enable-feature=promql-experimental-functions`. */
  readonly experimental: boolean;
}

const V: readonly ValueType[] = ["vector"];
const M: readonly ValueType[] = ["matrix"];

type Row = readonly [
  args: readonly ValueType[],
  options?: { optional?: number | "any"; most?: number; returns?: ValueType; experimental?: true },
];

const TABLE: Readonly<Record<string, Row>> = {
  abs: [V],
  absent: [V],
  absent_over_time: [M],
  acos: [V],
  acosh: [V],
  asin: [V],
  asinh: [V],
  atan: [V],
  atanh: [V],
  avg_over_time: [M],
  ceil: [V],
  changes: [M],
  clamp: [["vector", "scalar", "scalar"]],
  clamp_max: [["vector", "scalar"]],
  clamp_min: [["vector", "scalar"]],
  cos: [V],
  cosh: [V],
  count_over_time: [M],
  day_of_month: [V, { optional: 1 }],
  day_of_week: [V, { optional: 1 }],
  day_of_year: [V, { optional: 1 }],
  days_in_month: [V, { optional: 1 }],
  deg: [V],
  delta: [M],
  deriv: [M],
  double_exponential_smoothing: [["matrix", "scalar", "scalar"], { experimental: true }],
  end: [[], { returns: "scalar", experimental: true }],
  exp: [V],
  first_over_time: [M],
  floor: [V],
  histogram_avg: [V],
  histogram_count: [V],
  histogram_fraction: [["scalar", "scalar", "vector"]],
  histogram_quantile: [["scalar", "vector"]],
  histogram_quantiles: [["vector", "string", "scalar", "scalar"], { optional: "any", most: 12, experimental: true }],
  histogram_stddev: [V],
  histogram_stdvar: [V],
  histogram_sum: [V],
  hour: [V, { optional: 1 }],
  idelta: [M],
  increase: [M],
  info: [["vector", "vector"], { optional: 1, experimental: true }],
  irate: [M],
  label_join: [["vector", "string", "string", "string"], { optional: "any" }],
  label_replace: [["vector", "string", "string", "string", "string"]],
  last_over_time: [M],
  ln: [V],
  log10: [V],
  log2: [V],
  mad_over_time: [M, { experimental: true }],
  max_of: [["scalar", "scalar"], { returns: "scalar", experimental: true }],
  max_over_time: [M],
  min_of: [["scalar", "scalar"], { returns: "scalar", experimental: true }],
  min_over_time: [M],
  minute: [V, { optional: 1 }],
  month: [V, { optional: 1 }],
  pi: [[], { returns: "scalar" }],
  predict_linear: [["matrix", "scalar"]],
  present_over_time: [M],
  quantile_over_time: [["scalar", "matrix"]],
  rad: [V],
  range: [[], { returns: "scalar", experimental: true }],
  rate: [M],
  resets: [M],
  round: [["vector", "scalar"], { optional: 1 }],
  scalar: [V, { returns: "scalar" }],
  sgn: [V],
  sin: [V],
  sinh: [V],
  sort: [V],
  sort_by_label: [["vector", "string"], { optional: "any", experimental: true }],
  sort_by_label_desc: [["vector", "string"], { optional: "any", experimental: true }],
  sort_desc: [V],
  sqrt: [V],
  start: [[], { returns: "scalar", experimental: true }],
  start_timestamp: [V, { experimental: true }],
  stddev_over_time: [M],
  stdvar_over_time: [M],
  step: [[], { returns: "scalar", experimental: true }],
  sum_over_time: [M],
  tan: [V],
  tanh: [V],
  time: [[], { returns: "scalar" }],
  timestamp: [V],
  ts_of_first_over_time: [M, { experimental: true }],
  ts_of_last_over_time: [M, { experimental: true }],
  ts_of_max_over_time: [M, { experimental: true }],
  ts_of_min_over_time: [M, { experimental: true }],
  vector: [["scalar"]],
  year: [V, { optional: 1 }],
};

/** By name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map(
  Object.entries(TABLE).map(([name, [args, options = {}]]) => {
    const { optional = 0, most, returns = "vector", experimental = false } = options;
    return [name, { name, args, optional, most, returns, experimental }];
  }),
);
