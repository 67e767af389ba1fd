/**
 * How well the pack `anomaly` finds what is wrong, beside fixed limits: signals with labelled anomalies, played minute by minute through
 * the rules engine on a simulated clock. The fixed limits are the best that could have been chosen on another seed's signals, and are
 * rules in the same engine.
 */
import { readFileSync } from "node:fs";
import { PACKS } from "@haltwatch/packs";
import { parseRuleFile, RuleGroup, type RuleGroupConfig } from "@haltwatch/rules";
import { Labels, METRIC_NAME, Store } from "@haltwatch/store";
import { printTable } from "../table.ts";
import { bestLimits, type FixedLimits } from "./fixed-limits.ts";
import { ANOMALIES, type LabelledSeries, labelledSet, MINUTES_PER_DAY, NORMALS } from "./labelled-series.ts";
import { type Episode, episodesOf, precision, recall, sum, type Tally, tally } from "./matching.ts";

const SEED = Number(process.env["HALTWATCH_SEED"] ?? 7);
const TRAINING_SEED = 1007;

/** More than a week, so that last week's hour is known for some of them. */
const DAYS = Number(process.env["HALTWATCH_DAYS"] ?? 10);
const QUIET_DAYS = 2;

const MINUTE_MS = 60_000;
const START_MS = 1_700_006_400_000; // midnight UTC
const COMMIT_EVERY_MINUTES = 30;

const FIXED_RULES = `
groups:
  - name: fixed
    interval: 1m
    rules:
      - alert: Fixed
        expr: |
          anomaly:signal > on (signal) fixed:max or anomaly:signal < on (signal) fixed:min
        for: 1m
        labels: { severity: warning }
`;

export async function anomaly(): Promise<object> {
  const series = labelledSet(SEED, { days: DAYS, quietDays: QUIET_DAYS });
  const training = labelledSet(TRAINING_SEED, { days: DAYS, quietDays: QUIET_DAYS });
  const limits = new Map(
    NORMALS.map((normal) => [
      normal,
      bestLimits(
        training.filter((one) => one.normal === normal),
        QUIET_DAYS,
      ),
    ]),
  );
  const startedAt = performance.now();
  const { bands, fixed } = play(series, ({ normal }) => limits.get(normal) ?? { min: Number.NaN, max: Number.NaN });
  const seconds = (performance.now() - startedAt) / 1000;
  const all = (told: Told): Tally => sum(series.map((one) => tally(told.get(one.name) ?? [], one.anomalies)));
  print(series, bands, fixed);
  const minutes = DAYS * MINUTES_PER_DAY;
  process.stdout.write(
    `${series.length} signals over ${DAYS} days, seed ${SEED}; ${((seconds / minutes) * 1000).toFixed(1)} ms for a minute of all\n`,
  );
  return {
    precision: rounded(precision(all(bands))),
    recall: rounded(recall(all(bands))),
    fixed_precision: rounded(precision(all(fixed))),
    fixed_recall: rounded(recall(all(fixed))),
  };
}

/** By signal. */
type Told = ReadonlyMap<string, readonly Episode[]>;

function play(
  series: readonly LabelledSeries[],
  limitsOf: (one: LabelledSeries) => FixedLimits,
): { bands: Told; fixed: Told } {
  const pack = PACKS.find(({ name }) => name === "anomaly");
  if (pack === undefined) throw new Error("there is no pack anomaly");
  let nowMs = START_MS;
  using store = new Store({
    path: ":memory:",
    now: () => nowMs,
    commitIntervalMs: 0,
    retentionMs: (DAYS + 1) * MINUTES_PER_DAY * MINUTE_MS,
  });
  const named = (name: string, labels: Readonly<Record<string, string>>) =>
    store.series(Labels.from({ ...labels, [METRIC_NAME]: name }));
  const constants = [
    ...pack.thresholds.map(({ name, default: value }) => ({ series: named("haltwatch_threshold", { name }), value })),
    ...series.flatMap((one) => {
      const { min, max } = limitsOf(one);
      const labels = { signal: one.name };
      return [
        { series: named("fixed:min", labels), value: min },
        { series: named("fixed:max", labels), value: max },
      ];
    }),
  ];
  const signals = series.map(({ name, values }) => ({ series: named("anomaly:signal", { signal: name }), values }));
  const bands = groupOf(store, readFileSync(pack.ruleFiles[0] ?? "", "utf8"), "anomaly");
  const fixed = groupOf(store, FIXED_RULES, "fixed");
  const told = [bands, fixed].map((group) => ({
    group,
    firing: new Map(series.map(({ name }) => [name, new Uint8Array(DAYS * MINUTES_PER_DAY)])),
  }));
  for (let minute = 0; minute < DAYS * MINUTES_PER_DAY; minute++) {
    nowMs = START_MS + minute * MINUTE_MS;
    for (const { series: one, values } of signals) store.append(one, nowMs, values[minute] ?? Number.NaN);
    for (const { series: one, value } of constants) store.append(one, nowMs, value);
    for (const { group, firing } of told) {
      group.evaluate(nowMs);
      if (minute >= QUIET_DAYS * MINUTES_PER_DAY) note(group, firing, minute);
    }
    if (minute % COMMIT_EVERY_MINUTES === 0) store.commit();
  }
  const [ofBands, ofFixed] = told.map(
    ({ firing }): Told => new Map([...firing].map(([name, minutes]) => [name, episodesOf(minutes)])),
  );
  if (ofBands === undefined || ofFixed === undefined) throw new Error("two groups were played");
  return { bands: ofBands, fixed: ofFixed };
}

function groupOf(store: Store, text: string, name: string): RuleGroup {
  const { file, groups } = parseRuleFile(text, `${name}.yml`);
  const config: RuleGroupConfig | undefined = groups.find((group) => group.name === name);
  if (config === undefined) throw new Error(`there is no group ${name}`);
  const group = new RuleGroup(file, config, {
    reader: store,
    sink: {
      append: (labels: Labels, timeMs: number, value: number): undefined => {
        store.append(store.series(labels), timeMs, value);
      },
      appendStale: (labels: Labels, timeMs: number): undefined => {
        store.appendStale(store.series(labels), timeMs);
      },
    },
    defaultIntervalMs: MINUTE_MS,
  });
  group.startAfresh();
  return group;
}

/** Notes of which signals an alert of the group fires now. */
function note(group: RuleGroup, firing: ReadonlyMap<string, Uint8Array>, minute: number): void {
  for (const rule of group.rules) if (rule.health.kind === "err") throw rule.health.error;
  for (const rule of group.alertingRules) {
    for (const { state, labels } of rule.activeAlerts()) {
      const minutes = firing.get(labels.get("signal") ?? "");
      if (state === "firing" && minutes !== undefined) minutes[minute] = 1;
    }
  }
}

function print(series: readonly LabelledSeries[], bands: Told, fixed: Told): void {
  const row = (title: string, of: (told: Told) => Tally): string[] => {
    const [ours, theirs] = [of(bands), of(fixed)];
    return [
      title,
      String(ours.found + ours.missed),
      shown(precision(ours)),
      shown(recall(ours)),
      String(ours.wrong),
      shown(precision(theirs)),
      shown(recall(theirs)),
      String(theirs.wrong),
    ];
  };
  const head = ["", "anomalies", "precision", "recall", "false alarms", "fixed: precision", "recall", "false alarms"];
  const ofSeries = (told: Told, some: readonly LabelledSeries[]): Tally =>
    sum(some.map((one) => tally(told.get(one.name) ?? [], one.anomalies)));
  printTable(head, [
    ...NORMALS.map((normal) =>
      row(normal, (told) =>
        ofSeries(
          told,
          series.filter((one) => one.normal === normal),
        ),
      ),
    ),
    row("all", (told) => ofSeries(told, series)),
  ]);
  printTable(
    ["kind", "anomalies", "recall", "fixed: recall"],
    ANOMALIES.map((kind) => {
      const only = series.map((one) => ({ ...one, anomalies: one.anomalies.filter((each) => each.kind === kind) }));
      const [ours, theirs] = [ofSeries(bands, only), ofSeries(fixed, only)];
      return [kind, String(ours.found + ours.missed), shown(recall(ours)), shown(recall(theirs))];
    }),
  );
}

function shown(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function rounded(share: number): number {
  return Number(share.toFixed(3));
}
