/** The same routing file gives the same receivers in Alertmanager's own `amtool` and in Haltwatch. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readAlertmanagerYml, receiversOf } from "@haltwatch/notify";
import { Labels } from "@haltwatch/store/labels";
import fc from "fast-check";
import { expect } from "vitest";
import { testWithPeer } from "../peers.ts";

const LABEL_SETS = 500;

/** Each starts a program: more at once than there are cores would not be faster. */
const AT_ONCE = 4;

const SEED = Number(process.env["HALTWATCH_ROUTES_SEED"] ?? 20_261_121);

const NAMES = ["severity", "team", "bot", "env"];
const VALUES = [
  "",
  "critical",
  "warning",
  "a",
  "b",
  "a b",
  "x,y",
  'say "hi"',
  "a.b",
  "a\\b",
  "{}",
  "ä🙂",
  "two\nlines",
];
const PATTERNS = [
  "crit.*",
  "a|b",
  ".*",
  ".+",
  "[ab]",
  "(?i)A|WARNING",
  "",
  "a\\.b",
  "^a$",
  "two.lines",
  "(?s)two.lines",
  "\\S+",
];

/** A file as somebody would write it: all kinds of matchers, `continue`, nesting. */
const WRITTEN = `
global: {slack_api_url: 'https://hooks.slack.com/services/T0/B0/X', smtp_smarthost: 'localhost:25', smtp_from: a@example.org}
templates: ['*.tmpl']
route:
  receiver: default
  group_by: [alertname, bot]
  routes:
    - match: {severity: critical}
      receiver: phone
      continue: true
      routes:
        - match_re: {team: a|b}
          receiver: team-ab
          continue: true
        - matchers: ['bot!="a"', env=~".+"]
          receiver: others
          mute_time_intervals: [night]
    - matchers: ['{severity=~"critical|warning", env!~"test.*"}']
      receiver: chat
      group_by: ['...']
    - matchers: [ severity = warning ]
      receiver: mail
receivers:
  - name: default
  - name: phone
    pagerduty_configs: [{routing_key: secret}]
  - name: team-ab
    webhook_configs: [{url: 'http://127.0.0.1:9/', max_alerts: 3}]
  - name: others
    opsgenie_configs: [{api_key: secret}]
  - name: chat
    slack_configs: [{channel: '#bots', title: '{{ .CommonLabels.alertname }}'}]
  - name: mail
    email_configs: [{to: ada@example.org}]
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}], weekdays: ['monday:friday']}]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [bot]
`;

testWithPeer("amtool", `D7 amtool gives the same receivers for ${LABEL_SETS} label sets`, async (amtool) => {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-routes-"));
  try {
    const files = [WRITTEN, ...fc.sample(routingFile, { numRuns: 7, seed: SEED })].map((text, index) => {
      const path = join(folder, `alertmanager-${index}.yml`);
      writeFileSync(path, text);
      const { route } = readAlertmanagerYml(text, path, { secrets: "ignore" });
      return { path, text, route };
    });
    const sets = fc.sample(labelSet, { numRuns: LABEL_SETS, seed: SEED });
    const queue = [...sets.entries()];
    const routed = new Set<string>();
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [index, labels] = next;
        const file = files[index % files.length];
        if (file === undefined) throw new Error("there is no file");
        const ours = receiversOf(file.route, Labels.from(labels)).join(",");
        const theirs = await amtoolReceivers(amtool, file.path, labels);
        expect(ours, `${JSON.stringify(labels)} in\n${file.text}`).toBe(theirs);
        routed.add(`${index % files.length} ${ours}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    // A tree that leads everybody to one place would prove nothing.
    expect(routed.size).toBeGreaterThan(3 * files.length);
    process.stdout.write(
      `${sets.length} label sets, ${files.length} files, ${routed.size} different answers, seed ${SEED}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom(...VALUES);

const labelSet = fc.dictionary(name, value, { minKeys: 1 });

const matcher = fc.oneof(
  fc.tuple(name, fc.constantFrom("=", "!="), value),
  fc.tuple(name, fc.constantFrom("=~", "!~"), fc.constantFrom(...PATTERNS)),
);

/** A route with so many levels below it at most. */
function routeOf(depth: number): fc.Arbitrary<object> {
  return fc.record({
    receiver: fc.option(fc.constantFrom("r0", "r1", "r2", "r3", "r4"), { nil: undefined }),
    continue: fc.boolean(),
    matchers: fc.array(matcher.map(written), { maxLength: 2 }),
    match: fc.dictionary(name, value, { maxKeys: 1 }),
    match_re: fc.dictionary(name, fc.constantFrom(...PATTERNS), { maxKeys: 1 }),
    group_by: fc.constantFrom(undefined, ["..."], ["bot"]),
    routes: depth === 0 ? fc.constant([]) : fc.array(routeOf(depth - 1), { maxLength: 4 }),
  });
}

/** JSON is YAML. */
const routingFile = fc.array(routeOf(2), { minLength: 3, maxLength: 6 }).map((routes) => {
  const receivers = ["default", "r0", "r1", "r2", "r3", "r4"].map((receiver) => ({ name: receiver }));
  return JSON.stringify({ route: { receiver: "default", routes }, receivers }, undefined, 1);
});

/** As Alertmanager 0.25 reads it: everything in quotes. */
function written([label, operator, text]: readonly [string, string, string]): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  return `${label}${operator}"${escaped}"`;
}

async function amtoolReceivers(
  amtool: string,
  file: string,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const given = Object.entries(labels).map(([label, text]) => written([label, "=", text]));
  const { stdout } = await promisify(execFile)(amtool, ["config", "routes", "test", `--config.file=${file}`, ...given]);
  return stdout.trim();
}
