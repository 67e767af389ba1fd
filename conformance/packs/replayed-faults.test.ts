/**
 * Each fault of each pack, simulated once and replayed twice: through Haltwatch's rule groups, and through Prometheus's own, which
 * `promtool test rules` runs. At every evaluation the same alerts fire, with the same labels. Their texts are not compared: before
 * Prometheus 3, what `increase()` extrapolates to a counter's birth was a little different, and so are shares at their last digits.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Fault, PACKS, type Pack, type SimulatedBot } from "@haltwatch/packs";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { ScrapeReader } from "@haltwatch/server";
import { Labels, METRIC_NAME, type Series, Store } from "@haltwatch/store";
import { expect } from "vitest";
import { parse } from "yaml";
import { testWithPeer } from "../peers.ts";

/** Scrapes and evaluations are never at the same time: whether a range's first moment belongs to it differs between versions. */
const SCRAPE_MS = 5_003;
const EVALUATION_MS = 5_000;

/** Quiet before the fault, and after it: so that what is over is seen as well. */
const WARM_UP_SECONDS = 180;
const AFTER_SECONDS = 120;

/** The first of each pack's faults, or all of them at night. */
const FAULTS = process.env["HALTWATCH_REPLAY"] === "all" ? Number.POSITIVE_INFINITY : 2;

/** One series as it was scraped: a value, nothing, or its end, for each scrape. */
type Column = (number | "_" | "stale")[];

/** Those that need hours of healthy life first are left to the packs' own rule tests, which both run. */
function faultsOf({ simulation, faults }: Pack): readonly Fault[] {
  return simulation === undefined ? [] : faults.filter(({ afterSeconds }) => afterSeconds === undefined);
}

for (const pack of PACKS.filter((one) => faultsOf(one).length > 0)) {
  testWithPeer(
    "promtool",
    `F1 every fault of ${pack.name} fires the same in Prometheus's rule engine`,
    async (promtool) => {
      const folder = mkdtempSync(join(tmpdir(), "haltwatch-replay-"));
      try {
        const tests = [];
        let alerts = 0;
        const faults = faultsOf(pack).slice(0, FAULTS);
        for (const fault of faults) {
          const scraped = await scrapes(pack, fault);
          const { test, firing } = replayed(pack, fault, scraped);
          for (const name of fault.alerts) expect(firing, fault.name).toContain(name);
          alerts += firing.size;
          tests.push(test);
        }
        const file = join(folder, "replay.test.yml");
        // JSON is YAML.
        const rules = join(folder, "rules.yml");
        writeFileSync(rules, JSON.stringify({ groups: pack.ruleFiles.flatMap(untold) }));
        writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: "5s", tests }));

        const { stdout } = await promisify(execFile)(promtool, ["test", "rules", file], { maxBuffer: 1 << 26 }).catch(
          (error: { readonly stdout: string; readonly stderr: string }) => ({
            stdout: `${error.stdout}${error.stderr}`.slice(0, 4000), // execFile's own
          }),
        );

        expect(stdout).toContain("SUCCESS");
        expect(stdout).not.toContain("FAILED");
        process.stdout.write(`${pack.name}: ${faults.length} faults, ${alerts} alerts\n`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
}

/** A rule file's groups, whose alerts say nothing. */
function untold(file: string): unknown[] {
  const { groups } = parse(readFileSync(file, "utf8")) as { groups: { rules: { annotations?: unknown }[] }[] }; // checked by others
  for (const { rules } of groups) for (const rule of rules) delete rule.annotations;
  return groups;
}

/** The bot's life from time 0, scraped. */
async function scrapes(pack: Pack, fault: Fault): Promise<ReadonlyMap<Labels, Column>> {
  const start = await pack.simulation?.();
  if (start === undefined) throw new Error(`${pack.name} has no simulated bot`);
  const bot = start({ seed: 1, startMs: 0 });
  const target = { job: pack.job, instance: "simulated:1", bot: `${pack.name}-1` };
  const columns = new Map<string, { readonly labels: Labels; readonly column: Column }>();
  const set = (labels: Labels, index: number, value: Column[number]): void => {
    const found = columns.get(labels.key) ?? { labels, column: [] };
    columns.set(labels.key, found);
    while (found.column.length < index) found.column.push("_");
    found.column[index] = value;
  };
  const reader = new ScrapeReader((labels) => Labels.from([...labels, ...Object.entries(target)]));
  const faultEndMs = (WARM_UP_SECONDS + fault.withinSeconds) * 1000;
  const endMs = faultEndMs + AFTER_SECONDS * 1000;
  for (let index = 0; index * SCRAPE_MS <= endMs; index++) {
    const timeMs = index * SCRAPE_MS;
    const isOn = timeMs > WARM_UP_SECONDS * 1000 && timeMs <= faultEndMs;
    bot.step(timeMs, new Set(isOn ? [fault.name] : []));
    await scrape(bot, reader, (labels, value) => set(labels, index, value));
    set(Labels.from({ ...target, [METRIC_NAME]: "up" }), index, bot.isAnswering ? 1 : 0);
    for (const { name, default: value } of pack.thresholds)
      set(Labels.from({ [METRIC_NAME]: "haltwatch_threshold", name }), index, value);
  }
  return new Map([...columns.values()].map(({ labels, column }) => [labels, column]));
}

async function scrape(
  bot: SimulatedBot,
  reader: ScrapeReader<Labels>,
  set: (labels: Labels, value: Column[number]) => void,
): Promise<void> {
  const body = Buffer.from(bot.isAnswering ? await bot.registry.metrics() : "");
  const { stale } = reader.read(body, (labels, value) => set(labels, value));
  for (const labels of stale) set(labels, "stale");
}

/** @returns promtool's test, which expects what fires here; and all that fired */
function replayed(pack: Pack, fault: Fault, scraped: ReadonlyMap<Labels, Column>) {
  const endMs = (WARM_UP_SECONDS + fault.withinSeconds + AFTER_SECONDS) * 1000;
  using store = new Store({ path: ":memory:", now: () => endMs, commitIntervalMs: 0 });
  for (const [labels, column] of scraped) fill(store, store.series(labels), column);
  const groups = groupsOf(pack, store);
  const alertTests = [];
  const fired = new Set<string>();
  for (let timeMs = 0; timeMs <= endMs; timeMs += EVALUATION_MS) {
    for (const group of groups) {
      group.evaluate(timeMs);
      for (const rule of group.alertingRules) {
        const firing = rule.activeAlerts().filter(({ state }) => state === "firing");
        const exp_alerts = firing.map(({ labels }) => {
          const { alertname: _, ...exp_labels } = Object.fromEntries(labels);
          return { exp_labels };
        });
        if (exp_alerts.length > 0) fired.add(rule.name);
        alertTests.push({ eval_time: `${timeMs}ms`, alertname: rule.name, exp_alerts });
      }
    }
  }
  const input_series = [...scraped].map(([labels, column]) => ({ series: String(labels), values: column.join(" ") }));
  const test = { name: fault.name, interval: `${SCRAPE_MS}ms`, input_series, alert_rule_test: alertTests };
  return { test, firing: fired };
}

function fill(store: Store, series: Series, column: Column): void {
  for (const [index, value] of column.entries()) {
    if (value === "stale") store.appendStale(series, index * SCRAPE_MS);
    else if (value !== "_") store.append(series, index * SCRAPE_MS, value);
  }
}

function groupsOf(pack: Pack, store: Store): RuleGroup[] {
  const sink = {
    append: (labels: Labels, timeMs: number, value: number): undefined => {
      store.append(store.series(labels), timeMs, value);
    },
    appendStale: (labels: Labels, timeMs: number): undefined => {
      store.appendStale(store.series(labels), timeMs);
    },
  };
  return pack.ruleFiles.flatMap((file) =>
    parseRuleFile(readFileSync(file, "utf8"), file).groups.map((group) => {
      const made = new RuleGroup(file, group, { reader: store, sink, defaultIntervalMs: EVALUATION_MS });
      made.startAfresh();
      return made;
    }),
  );
}
