/** What was expected beside what came, so that the difference is seen at once. */
import type { Labels } from "@haltwatch/store";
import { formatFloat } from "../go/float-text.ts";

export interface ShownAlert {
  readonly labels: Labels;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface ShownSample {
  readonly labels: Labels;
  readonly value: number;
}

/** Lines that tell the alerts apart: `-` was expected, `+` came. Nothing if they are the same. */
export function alertDifference(expected: readonly ShownAlert[], got: readonly ShownAlert[]): string[] {
  const { missing, surplus, same } = unpaired(expected, got, (alert) =>
    JSON.stringify([alert.labels.key, ...sortedPairs(alert.annotations)]),
  );
  if (missing.length === 0 && surplus.length === 0) return [];
  const lines: string[] = [];
  for (const alert of missing) {
    const twin = surplus.findIndex((other) => other.labels.key === alert.labels.key);
    const [other] = twin === -1 ? [] : surplus.splice(twin, 1);
    if (other === undefined) lines.push(...alertLines("-", alert));
    else lines.push(`  labels ${alert.labels}`, ...annotationDifference(alert.annotations, other.annotations));
  }
  for (const alert of surplus) lines.push(...alertLines("+", alert));
  return [...lines, ...sameLine(same, "alert")];
}

/** The same of a query's samples. */
export function sampleDifference(
  expected: readonly ShownSample[],
  got: readonly ShownSample[],
  isEqual: (a: number, b: number) => boolean,
): string[] {
  const missing: ShownSample[] = [];
  const surplus = [...got];
  let same = 0;
  for (const sample of expected) {
    const at = surplus.findIndex(
      (other) => other.labels.key === sample.labels.key && isEqual(other.value, sample.value),
    );
    if (at === -1) missing.push(sample);
    else {
      surplus.splice(at, 1);
      same += 1;
    }
  }
  if (missing.length === 0 && surplus.length === 0) return [];
  return [
    ...missing.map((sample) => `- ${sampleText(sample)}`),
    ...surplus.map((sample) => `+ ${sampleText(sample)}`),
    ...(missing.some(({ value }) => Number.isNaN(value)) ? ["  NaN is never equal to what is expected"] : []),
    ...sameLine(same, "sample"),
  ];
}

function unpaired<T>(expected: readonly T[], got: readonly T[], keyOf: (one: T) => string) {
  const surplus = [...got];
  const missing: T[] = [];
  for (const one of expected) {
    const at = surplus.findIndex((other) => keyOf(other) === keyOf(one));
    if (at === -1) missing.push(one);
    else surplus.splice(at, 1);
  }
  return { missing, surplus, same: expected.length - missing.length };
}

function annotationDifference(expected: ReadonlyMap<string, string>, got: ReadonlyMap<string, string>): string[] {
  return [...new Set([...expected.keys(), ...got.keys()])].sort().flatMap((name) => {
    const [wanted, found] = [expected.get(name), got.get(name)];
    if (wanted === found) return [];
    return [
      ...(wanted === undefined ? [] : [`-   annotation ${name}: ${JSON.stringify(wanted)}`]),
      ...(found === undefined ? [] : [`+   annotation ${name}: ${JSON.stringify(found)}`]),
    ];
  });
}

function alertLines(mark: string, { labels, annotations }: ShownAlert): string[] {
  const texts = sortedPairs(annotations).map(([name, text]) => `${mark}   annotation ${name}: ${JSON.stringify(text)}`);
  return [`${mark} labels ${labels}`, ...texts];
}

function sampleText({ labels, value }: ShownSample): string {
  return `${labels} ${formatFloat(value, "g", undefined)}`;
}

function sortedPairs(map: ReadonlyMap<string, string>): (readonly [string, string])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function sameLine(count: number, what: string): string[] {
  return count === 0 ? [] : [`  (${count} ${what}${count === 1 ? "" : "s"} as expected)`];
}
