/** What a number measures, and how it is written for people: `340 ms`, `1.2 s`, `$12.4k`, `97 %`. */

export const UNITS = [
  "number",
  "count",
  "per-second",
  "seconds",
  "milliseconds",
  "basis-points",
  "percent",
  "ratio",
  "bytes",
  "usd",
  "eur",
] as const;
export type Unit = (typeof UNITS)[number];

/** From this value on, so much is one, and is called so. */
interface Magnitude {
  readonly from: number;
  readonly one: number;
  readonly suffix: string;
}

const DECIMAL: readonly Magnitude[] = [
  { from: 0, one: 1, suffix: "" },
  { from: 1e4, one: 1e3, suffix: "k" },
  { from: 1e6, one: 1e6, suffix: "M" },
  { from: 1e9, one: 1e9, suffix: "G" },
  { from: 1e12, one: 1e12, suffix: "T" },
];

/** As traders write it: B for 10⁹. */
const MONEY = DECIMAL.map((magnitude) => ({ ...magnitude, suffix: magnitude.suffix === "G" ? "B" : magnitude.suffix }));

const TIME: readonly Magnitude[] = [
  { from: 0, one: 1e-6, suffix: " µs" },
  { from: 1e-3, one: 1e-3, suffix: " ms" },
  { from: 1, one: 1, suffix: " s" },
  { from: 120, one: 60, suffix: " min" },
  { from: 7200, one: 3600, suffix: " h" },
  { from: 172_800, one: 86_400, suffix: " d" },
];

const BYTES: readonly Magnitude[] = ["B", "KiB", "MiB", "GiB", "TiB"].map((name, power) => ({
  from: power === 0 ? 0 : 1024 ** power,
  one: 1024 ** power,
  suffix: ` ${name}`,
}));

const suffixed = (magnitudes: readonly Magnitude[], suffix: string): Magnitude[] =>
  magnitudes.map((magnitude) => ({ ...magnitude, suffix: `${magnitude.suffix}${suffix}` }));

const NOTATION: Readonly<Record<Unit, { readonly prefix?: string; readonly magnitudes: readonly Magnitude[] }>> = {
  number: { magnitudes: DECIMAL },
  count: { magnitudes: DECIMAL },
  "per-second": { magnitudes: suffixed(DECIMAL, "/s") },
  seconds: { magnitudes: TIME },
  milliseconds: { magnitudes: TIME.map(({ from, one, suffix }) => ({ from: from * 1e3, one: one * 1e3, suffix })) },
  "basis-points": { magnitudes: suffixed(DECIMAL, " bps") },
  percent: { magnitudes: suffixed(DECIMAL, " %") },
  ratio: { magnitudes: [{ from: 0, one: 0.01, suffix: " %" }] },
  bytes: { magnitudes: BYTES },
  usd: { prefix: "$", magnitudes: MONEY },
  eur: { prefix: "€", magnitudes: MONEY },
};

const BY_SUFFIX: Readonly<Record<string, Unit>> = {
  seconds: "seconds",
  ms: "milliseconds",
  milliseconds: "milliseconds",
  bps: "basis-points",
  pct: "percent",
  percent: "percent",
  ratio: "ratio",
  bytes: "bytes",
  usd: "usd",
  usdc: "usd",
  usdt: "usd",
  eur: "eur",
};

/**
 * What a metric's values measure, by the end of its name as Prometheus names metrics: `latency_ms`, `wait_seconds_total`.
 *
 * @param name a metric's or a threshold's: `exec.fill_ratio_min`, whose last word may say which bound it is
 */
export function unitOf(name: string): Unit {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const bound = words.at(-1);
  if (bound === "min" || bound === "max" || bound === "limit") words.pop();
  const isTotal = words.at(-1) === "total";
  if (isTotal || words.at(-1) === "sum" || words.at(-1) === "bucket") words.pop();
  return BY_SUFFIX[words.at(-1) ?? ""] ?? (isTotal || words.at(-1) === "count" ? "count" : "number");
}

/** One value by itself, in three digits or so. */
export function formatValue(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  const { one, suffix } = magnitudeOf(unit, Math.abs(value));
  const scaled = Math.min(Number.MAX_VALUE, Math.abs(value) / one);
  const decimals = scaled >= 100 ? 0 : scaled >= 10 ? 1 : scaled >= 1 ? 2 : 3;
  const isLong = scaled !== 0 && (scaled >= LARGEST_WRITTEN || scaled < 0.001);
  return signed(value, unit, isLong ? scaled.toExponential(1) : withoutZeros(scaled.toFixed(decimals)), suffix);
}

/** How an axis writes its values: all in the same magnitude, and in so many decimals that neighbours differ. */
export interface AxisNotation {
  /** Ticks are round in multiples of this: 60 where an axis of seconds is written in minutes. */
  readonly one: number;
  /** @param step between two ticks */
  readonly format: (value: number, step: number) => string;
}

/** @param largest the largest absolute value */
export function axisNotation(unit: Unit, largest: number): AxisNotation {
  const { one, suffix } = magnitudeOf(unit, largest);
  const format = (value: number, step: number): string => {
    const scaled = Math.abs(value) / one;
    // $0, not $0k; but 0 ms.
    if (scaled === 0) return signed(0, unit, "0", suffix.replace(/^[kMGTB]/, ""));
    const decimals = Math.max(0, -Math.floor(Math.log10(step / one) + 1e-9));
    const isLong = largest / one >= LARGEST_WRITTEN || decimals > MOST_DECIMALS;
    return signed(value, unit, isLong ? scaled.toExponential(1) : scaled.toFixed(decimals), suffix);
  };
  return { one, format };
}

/** From here on, and with more decimals, numbers are written as powers of ten. */
const LARGEST_WRITTEN = 1e6;
const MOST_DECIMALS = 6;

function magnitudeOf(unit: Unit, largest: number): Magnitude {
  const { magnitudes } = NOTATION[unit];
  const plain = magnitudes.find(({ one }) => one === 1) ?? magnitudes[0] ?? { from: 0, one: 1, suffix: "" };
  const fitting = magnitudes.findLast(({ from }) => largest >= from) ?? plain;
  return largest === 0 || largest / fitting.one >= LARGEST_WRITTEN ? plain : fitting;
}

function signed(value: number, unit: Unit, digits: string, suffix: string): string {
  const whole = digits.replace(/^\d{4,}/, (thousands) => thousands.replaceAll(/\B(?=(\d{3})+$)/g, ","));
  return `${value < 0 ? "−" : ""}${NOTATION[unit].prefix ?? ""}${whole}${suffix}`;
}

function withoutZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
