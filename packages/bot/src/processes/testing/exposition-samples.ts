/** Reads the text format 0.0.4, for tests that compare what two expositions say. */

export interface Exposition {
  /** Value by series: `["name",[["label","value"],…]]`, labels in order of their names. A series that comes twice throws. */
  readonly samples: ReadonlyMap<string, number>;
  /** By metric: `[type, help]`. */
  readonly metadata: ReadonlyMap<string, readonly [string, string]>;
}

export function readExposition(text: string): Exposition {
  const samples = new Map<string, number>();
  const help = new Map<string, string>();
  const metadata = new Map<string, readonly [string, string]>();
  for (const line of text.split("\n")) {
    const head = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (head !== null) {
      const [, kind, name = "", rest = ""] = head;
      if (kind === "HELP") help.set(name, rest);
      else if (metadata.has(name)) throw new Error(`metric ${name} comes twice`);
      else metadata.set(name, [rest, help.get(name) ?? ""]);
      continue;
    }
    if (line === "" || line.startsWith("#")) continue;
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (sample === null) throw new Error(`not a sample: ${line}`);
    const [, name = "", labels = "", value = ""] = sample;
    const key = seriesKey(name, readLabels(labels));
    if (samples.has(key)) throw new Error(`series ${key} comes twice`);
    samples.set(key, readValue(value));
  }
  return { samples, metadata };
}

export function seriesKey(name: string, labels: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

function readValue(text: string): number {
  if (/^nan$/i.test(text)) return Number.NaN;
  return text.endsWith("Inf") ? Number(`${text.replace("Inf", "Infinity")}`) : Number(text);
}
