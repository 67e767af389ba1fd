/**
 * Each pack's simulated bots, one for each quick fault of its table, scraped by a real Haltwatch and by a real Prometheus with the
 * pack's own rule files; Prometheus has the limits from Haltwatch's `/metrics`. Both must tell the same.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, PACKS, type Pack } from "@haltwatch/packs";
import { parseRuleFile } from "@haltwatch/rules";
import { describe, expect } from "vitest";
import { testWithPeer } from "../peers.ts";
import { RealHaltwatch, type ShownAlert, shownAlerts } from "../real-haltwatch.ts";
import { startPrometheusWithConfig } from "../real-prometheus.ts";
import { LiveBot } from "./live-bot.ts";

/** Faults that are promised to be told in this time are played, seconds; at night slower ones, too. */
const QUICK_SECONDS = process.env["HALTWATCH_REPLAY"] === "all" ? 60 : 30;

/** From the first fault until it is compared, at most, milliseconds. */
const PATIENCE_MS = 60_000;

/** Between a fault and the next, milliseconds. */
const STAGGER_MS = 500;

/** Scraped so often, and evaluated so often by the packs' groups, milliseconds. */
const SCRAPE_MS = 1000;
const EVALUATION_MS = 5000;

/** Active times may differ by the two intervals, milliseconds, and two looks' worth of a busy machine. */
const TOLERANCE_MS = SCRAPE_MS + EVALUATION_MS + 500;

const LOOK_MS = 250;

interface Played {
  readonly pack: Pack;
  readonly fault: Fault;
  readonly bot: LiveBot;
  /** Its label `bot`. */
  readonly name: string;
}

/** When each alert was active first, Unix milliseconds, by its name and labels. */
type Active = Map<string, number>;

describe("F1 packs beside Prometheus", { timeout: 60_000 + 2 * PATIENCE_MS }, () => {
  testWithPeer(
    "prometheus",
    "F1 the same alerts of each pack fire in the same order, active within two intervals of each other",
    async (binary) => {
      await using bots = new AsyncDisposableStack();
      const played: Played[] = [];
      for (const pack of PACKS.filter(({ simulation }) => simulation !== undefined)) {
        for (const fault of pack.faults.filter(({ withinSeconds }) => withinSeconds <= QUICK_SECONDS)) {
          const bot = bots.use(await LiveBot.start(pack, { seed: 1 }));
          played.push({ pack, fault, bot, name: `${pack.name}-${fault.name}` });
        }
      }
      await using real = new RealHaltwatch({ "haltwatch.toml": haltwatchToml(played) });
      const ours = await real.start();
      await using theirs = await startPrometheusWithConfig(binary, prometheusYml(played, ours.url));
      const known = alertNames(played);
      const active = [ours.url, theirs.url].map((url) => ({ url, found: new Map() as Active }));
      const look = () => Promise.all(active.map(async ({ url, found }) => take(found, await shownAlerts(url), known)));
      for (const { url } of active) {
        await ours.until(`${url} has scraped all bots and knows the limits`, async () => {
          const query = "count(up == 1) and on() count(haltwatch_threshold)";
          const up = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
          const count = Number(/"value":\[[\d.]+,"(\d+)"\]/.exec(await up.text())?.[1] ?? 0);
          return count >= played.length ? true : undefined;
        });
      }

      const startMs = Date.now();
      const isOver = () => active.every(({ found }) => played.every((one) => isTold(one, found)));
      while (!isOver() && Date.now() < startMs + PATIENCE_MS) {
        const on = Math.floor((Date.now() - startMs) / STAGGER_MS);
        for (const { bot, fault } of played.slice(0, on + 1)) bot.faults.add(fault.name);
        await look();
        await sleep(LOOK_MS); // real servers on a real clock
      }
      // What began so late that the other has had no turn yet is not compared.
      const lastMs = Date.now() - TOLERANCE_MS;
      for (const end = Date.now() + TOLERANCE_MS; Date.now() < end; await sleep(LOOK_MS)) await look();

      const [haltwatch, prometheus] = active.map(({ found }) => found);
      if (haltwatch === undefined || prometheus === undefined) throw new Error("two were started");
      const untold = played.filter((one) => !isTold(one, haltwatch)).map(({ name }) => name);
      expect(untold, "faults whose alerts did not fire").toEqual([]);
      expect(differences(haltwatch, prometheus, lastMs)).toEqual([]);
      const apart = [...haltwatch].map(([key, timeMs]) => Math.abs(timeMs - (prometheus.get(key) ?? timeMs)));
      const packs = new Set(played.map(({ pack }) => pack.name)).size;
      process.stdout.write(
        `${packs} packs, ${played.length} faults, ${haltwatch.size} alerts, at most ${Math.max(0, ...apart)} ms apart\n`,
      );
    },
  );
});

function alertNames(played: readonly Played[]): ReadonlySet<string> {
  const files = new Set(played.flatMap(({ pack }) => pack.ruleFiles));
  const rules = [...files].flatMap((file) =>
    parseRuleFile(readFileSync(file, "utf8"), file).groups.flatMap((group) => group.rules),
  );
  return new Set(rules.filter(({ kind }) => kind === "alert").map(({ name }) => name));
}

function take(found: Active, alerts: readonly ShownAlert[], known: ReadonlySet<string>): void {
  for (const { labels, state, activeAt } of alerts) {
    if (state !== "firing" || !known.has(labels["alertname"] ?? "")) continue;
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (!found.has(key)) found.set(key, Date.parse(activeAt));
  }
}

/** Whether all that its fault's table promises has fired. */
function isTold({ fault, name }: Played, found: Active): boolean {
  const own = [...found.keys()].filter((key) => key.includes(`["bot",${JSON.stringify(name)}]`));
  return fault.alerts.every((alert) => own.some((key) => key.includes(`["alertname",${JSON.stringify(alert)}]`)));
}

/** A line for each alert that only one has, that they have at different times, or in another order. */
function differences(ours: Active, theirs: Active, lastMs: number): string[] {
  const compared = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (key) => Math.min(ours.get(key) ?? Infinity, theirs.get(key) ?? Infinity) < lastMs,
  );
  const lines = compared.flatMap((key) => {
    const [ourMs, theirMs] = [ours.get(key), theirs.get(key)];
    if (ourMs === undefined || theirMs === undefined)
      return [`only ${ourMs === undefined ? "prometheus" : "haltwatch"} has ${key}`];
    const apartMs = ourMs - theirMs;
    return Math.abs(apartMs) > TOLERANCE_MS ? [`${apartMs} ms apart: ${key}`] : [];
  });
  const at = (found: Active, key: string): number => found.get(key) ?? Number.NaN;
  for (const [index, key] of compared.entries()) {
    for (const other of compared.slice(index + 1)) {
      const apartMs = at(ours, key) - at(ours, other);
      const isSwapped = Math.sign(apartMs) === -Math.sign(at(theirs, key) - at(theirs, other));
      if (Math.abs(apartMs) > TOLERANCE_MS && isSwapped) lines.push(`in another order: ${key} ${other}`);
    }
  }
  return lines;
}

function scrapeConfigs(played: readonly Played[]) {
  return played.map(({ pack, bot, name }) => ({ pack, address: bot.address, labels: { bot: name } }));
}

function haltwatchToml(played: readonly Played[]): string {
  const packs = [...new Set(played.map(({ pack }) => pack.name))];
  const scrapes = scrapeConfigs(played).map(
    ({ pack, address, labels }) => `[[scrape_configs]]
job_name = "${labels.bot}"
scrape_interval = "1s"
scrape_timeout = "1s"
static_configs = [{ targets = ["${address}"], labels = { job = "${pack.job}", bot = "${labels.bot}" } }]
`,
  );
  return `[rules]\nsystem = false\n[packs]\nenabled = ${JSON.stringify(packs)}\n${scrapes.join("")}`;
}

function prometheusYml(played: readonly Played[], haltwatchUrl: string): string {
  const bots = scrapeConfigs(played).map(({ pack, address, labels }) => ({
    job_name: labels.bot,
    static_configs: [{ targets: [address], labels: { ...labels, job: pack.job } }],
  }));
  const limits = { job_name: "haltwatch", static_configs: [{ targets: [new URL(haltwatchUrl).host] }] };
  return JSON.stringify({
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "5s" },
    rule_files: [...new Set(played.flatMap(({ pack }) => pack.ruleFiles))],
    scrape_configs: [...bots, limits],
  });
}
