/** Templates expanded by us and by the real promtool 2.42: the same text, also of mistakes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryStorage, parseSeries } from "@haltwatch/promql";
import { parseAlertTemplate, parseRuleFile, RuleGroup, TemplateError } from "@haltwatch/rules";
import { expect } from "vitest";
import { testWithPeer } from "../peers.ts";
import {
  type ExpansionInput,
  expansionFiles,
  failedOutput,
  promtoolExpansion,
  SERIES_LABEL,
  seriesNotation,
} from "./promtool-expansion.ts";
import { BAD_TEMPLATES, TEMPLATE_CASES } from "./template-cases.ts";

const INPUT: ExpansionInput = {
  templates: TEMPLATE_CASES,
  series: [
    { labels: { instance: "host.example.com:9090", job: "api", weird: `<a&"b'> =\\` }, value: "1000000" },
    { labels: { instance: "10.0.0.1:80", job: "web-front end", weird: "é\u0007😀" }, value: "0.5" },
    { labels: { instance: "x", job: "j" }, value: "-1234.5678" },
    { labels: { instance: "y", job: "J" }, value: "0" },
    { labels: { instance: "z", job: "n" }, value: "NaN" },
    { labels: { instance: "i", job: "n" }, value: "Inf" },
  ],
  externalLabels: { region: "eu" },
  externalUrl: "http://example.com:9090/prom",
};

function ourExpansion(input: ExpansionInput): string[][] {
  const storage = new MemoryStorage();
  for (const notation of seriesNotation(input)) {
    const { labels, samples } = parseSeries(notation);
    storage.append(labels, 0, Number(samples[0]));
  }
  const [config] = parseRuleFile(expansionFiles(input).rules, "rules.yml").groups;
  if (config === undefined) throw new Error("there is no group");
  const { externalLabels, externalUrl } = input;
  const sink = { append: () => undefined, appendStale: () => undefined };
  const options = { reader: storage, sink, defaultIntervalMs: 60_000, externalLabels, externalUrl };
  const group = new RuleGroup("rules.yml", config, options);
  group.evaluate(0);
  return group.alertingRules.map((rule) =>
    rule
      .alerts()
      .toSorted((a, b) => Number(a.labels.get(SERIES_LABEL)) - Number(b.labels.get(SERIES_LABEL)))
      .map(({ annotations }) => annotations.get("text") ?? ""),
  );
}

testWithPeer("promtool", "templates come out as promtool expands them", (promtool) => {
  const theirs = promtoolExpansion(promtool, INPUT);

  const ours = ourExpansion(INPUT);

  expect(ours.length).toBe(TEMPLATE_CASES.length);
  for (const [index, template] of TEMPLATE_CASES.entries())
    expect({ template, texts: ours[index] }).toEqual({ template, texts: theirs[index] });
});

testWithPeer("promtool", "templates that cannot be read are refused in promtool's words", (promtool) => {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-templates-"));
  const file = join(dir, "rules.yml");
  const rules = BAD_TEMPLATES.map((text, index) => ({ alert: `T${index}`, expr: "1", annotations: { text } }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: "bad", rules }] }));
  const output = failedOutput(promtool, ["check", "rules", file]);
  rmSync(dir, { recursive: true });

  for (const [index, template] of BAD_TEMPLATES.entries()) {
    const theirs = new RegExp(`annotation "text": (template: __alert_T${index}:.*)`).exec(output)?.[1];
    const ours = faultOf(`T${index}`, template);
    expect({ template, fault: ours }).toEqual({ template, fault: theirs });
  }
});

function faultOf(alert: string, template: string): string | undefined {
  try {
    parseAlertTemplate(alert, template);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}
