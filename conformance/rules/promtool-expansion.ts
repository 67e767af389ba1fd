/** Expands templates with the real promtool: as annotations of alerts that no test expects, so that it prints them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One series that templates are expanded for. */
interface TemplateSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface ExpansionInput {
  readonly templates: readonly string[];
  readonly series: readonly TemplateSeries[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

const METRIC = "seen";

/** The label that tells the series apart. */
export const SERIES_LABEL = "series";

/** Each series with its one value, as test files write it. */
export function seriesNotation({ series }: Pick<ExpansionInput, "series">): string[] {
  return series.map(({ labels, value }, index) => {
    const pairs = Object.entries({ ...labels, [SERIES_LABEL]: String(index) });
    return `${METRIC}{${pairs.map(([name, text]) => `${name}=${JSON.stringify(text)}`).join(",")}} ${value}`;
  });
}

/** How the two files are written; ours reads them as well. */
export function expansionFiles({ templates, series, externalLabels, externalUrl }: ExpansionInput) {
  const rules = templates.map((template, index) => ({
    alert: `T${index}`,
    expr: METRIC,
    annotations: { text: template },
  }));
  const test = {
    interval: "1m",
    external_labels: externalLabels,
    external_url: externalUrl,
    input_series: seriesNotation({ series }).map((notation, index) => ({
      series: notation.slice(0, notation.lastIndexOf(" ")),
      values: series[index]?.value ?? "",
    })),
    alert_rule_test: rules.map(({ alert }) => ({ eval_time: "0m", alertname: alert, exp_alerts: [] })),
  };
  // JSON is YAML.
  return {
    rules: JSON.stringify({ groups: [{ name: "templates", rules }] }),
    test: JSON.stringify({ rule_files: ["rules.yml"], tests: [test] }),
  };
}

/** For each template: its text for each series. */
export function promtoolExpansion(promtool: string, input: ExpansionInput): string[][] {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-templates-"));
  try {
    const files = expansionFiles(input);
    writeFileSync(join(dir, "rules.yml"), files.rules);
    writeFileSync(join(dir, "test.yml"), files.test);
    return readGot(failedOutput(promtool, ["test", "rules", join(dir, "test.yml")]), input);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** What a command that is to fail prints. */
export function failedOutput(command: string, args: readonly string[]): string {
  try {
    execFileSync(command, [...args], { stdio: "pipe", maxBuffer: 256 * 1024 * 1024 });
  } catch (error) {
    if (error instanceof Error && "stderr" in error && "stdout" in error) return `${error.stdout}${error.stderr}`;
    throw error;
  }
  throw new Error(`${command} ${args.join(" ")} was to fail`);
}

function readGot(output: string, { templates, series }: ExpansionInput): string[][] {
  const texts = templates.map(() => series.map(() => "(nothing)"));
  let template: string[] | undefined;
  let place = -1;
  for (const line of output.split("\n")) {
    const alert = /^\s*alertname: T(\d+), time/.exec(line);
    if (alert !== null) template = texts[Number(alert[1])];
    const labels = new RegExp(`Labels:\\{.*\\b${SERIES_LABEL}="(\\d+)"`).exec(line);
    if (labels !== null) place = Number(labels[1]);
    const annotations = /Annotations:\{text=(".*")\},?$/.exec(line);
    if (annotations !== null && template !== undefined) template[place] = goUnquote(annotations[1] ?? "");
    // An empty text is no label.
    else if (/Annotations:\{(text="")?\},?$/.test(line) && template !== undefined) template[place] = "";
  }
  if (!output.includes("alertname")) throw new Error(output);
  return texts;
}

/** Go's quoted string, of what strconv.Quote writes. */
function goUnquote(quoted: string): string {
  const simple: Readonly<Record<string, string>> = {
    a: "\u0007",
    b: "\b",
    f: "\f",
    n: "\n",
    r: "\r",
    t: "\t",
    v: "\v",
  };
  return quoted
    .slice(1, -1)
    .replaceAll(
      /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/g,
      (_, byte?: string, short?: string, long?: string, letter?: string) => {
        const hex = byte ?? short ?? long;
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
        return simple[letter ?? ""] ?? letter ?? "";
      },
    );
}
