/** What a series is called: by the query's legend format, or by its labels. */
import type { Labels } from "./frame.ts";

const PLACEHOLDER = /\{\{\s*(.+?)\s*\}\}/g;
export const AUTO_LEGEND = "__auto";

/** @param format `{{venue}} {{side}}`; a label that is not there is nothing */
export function legendOf(format: string, labels: Labels): string {
  return format.replace(PLACEHOLDER, (_all, name: string) => own(labels, name) ?? "");
}

/** `up{job="bot"}`: as Prometheus writes it. */
export function seriesText(labels: Labels): string {
  const name = own(labels, "__name__") ?? "";
  const rest = Object.entries(labels)
    .filter(([label]) => label !== "__name__")
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return rest.length === 0 ? name : `${name}{${rest.join(", ")}}`;
}

/**
 * Names by what tells the series apart: labels that all share with one value are left out; of a single label only its value remains.
 *
 * @param fallback for series that nothing tells apart
 */
export function autoLegends(all: readonly Labels[], fallback: string): readonly string[] {
  const names = new Set(all.flatMap((labels) => Object.keys(labels)));
  const first = all[0] ?? {};
  const telling = [...names].filter((name) => all.length < 2 || all.some((labels) => labels[name] !== first[name]));
  const shown = telling.filter((name) => name !== "__name__");
  return all.map((labels) => {
    if (all.length === 1) {
      const text = seriesText(labels);
      return text === "" ? fallback : text;
    }
    const only = shown.length === 1 && !telling.includes("__name__") ? shown[0] : undefined;
    if (only !== undefined) return own(labels, only) ?? fallback;
    const parts = Object.fromEntries(
      telling.flatMap((name) => {
        const value = own(labels, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const text = seriesText(parts);
    return text === "" ? fallback : text;
  });
}

function own(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
