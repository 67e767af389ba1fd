/**
 * Numbers as Prometheus reads them: Go's integers first (hexadecimal, octal with a leading 0, `_` between digits), then
 * Go's floats. Source: Prometheus, promql/parser/parse.go (`number`).
 */

/** The value; `undefined` for what is no number, or one too large. */
export function parseNumber(text: string): number | undefined {
  const plain = text.replaceAll("_", "");
  const isOctal = /^0[0-7]+$/.test(plain);
  const value = isOctal ? Number.parseInt(plain, 8) : Number(plain);
  return plain === "" || !Number.isFinite(value) ? undefined : value;
}
