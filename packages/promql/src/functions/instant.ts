/** Functions of one value, and of what the time is. Source: Prometheus 3, promql/functions.go. */

/** @param params the scalar arguments at this step */
export type InstantFunction = (value: number, params: readonly number[]) => number;

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}

function date(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1000);
}

/** By name: what becomes of each value of a vector. */
export const INSTANT_FUNCTIONS: Readonly<Record<string, InstantFunction>> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  clamp: (value, [min = Number.NaN, max = Number.NaN]) => clamp(value, min, max),
  clamp_max: (value, [max = Number.NaN]) => Math.min(max, value),
  clamp_min: (value, [min = Number.NaN]) => Math.max(min, value),
  cos: Math.cos,
  cosh: Math.cosh,
  deg: (value) => (value * 180) / Math.PI,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  rad: (value) => (value * Math.PI) / 180,
  round(value, [toNearest = 1]) {
    const inverse = 1 / toNearest; // dividing by the inverse keeps 5.1 to the nearest 0.1 at 5.1
    return Math.floor(value * inverse + 0.5) / inverse;
  },
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
};

/** By name: what of a Unix time, in seconds UTC. */
export const TIME_FUNCTIONS: Readonly<Record<string, (seconds: number) => number>> = {
  day_of_month: (seconds) => date(seconds).getUTCDate(),
  day_of_week: (seconds) => date(seconds).getUTCDay(),
  day_of_year(seconds) {
    const at = date(seconds);
    return Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  },
  days_in_month(seconds) {
    const at = date(seconds);
    return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  },
  hour: (seconds) => date(seconds).getUTCHours(),
  minute: (seconds) => date(seconds).getUTCMinutes(),
  month: (seconds) => date(seconds).getUTCMonth() + 1,
  year: (seconds) => date(seconds).getUTCFullYear(),
};
