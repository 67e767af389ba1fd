/**
 * How Prometheus 3 writes the bounds of histograms and quantiles of summaries, whichever way the target wrote them, so
 * that a target that changes its format keeps its series.
 */

/**
 * `le="1"` becomes `1.0`, `le="1e3"` `1000.0`, `le="10000000"` `1e+07`. What is no number stays as it is.
 *
 * Source: model/textparse, normalizeFloatsInLabelValues; model/labels/float.go, FormatOpenMetricsFloat.
 */
export function openMetricsBound(text: string): string {
  const word = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (word !== null) return word[1] === "-" ? "-Inf" : "+Inf";
  if (/^nan$/i.test(text)) return "NaN";
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text; // out of range: an error in Go
  if (value === 0) return "0.0"; // of either sign
  const [digits = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  // strconv.FormatFloat(f, 'g', -1, 64): with the shortest digits, it turns to an exponent as if they were six.
  if (exponent < -4 || exponent >= 6) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${digits}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  const plain = String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}
