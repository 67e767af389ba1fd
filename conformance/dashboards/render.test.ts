/**
 * Every query of every panel, and every mark, asked as Grafana asks it: of a real Haltwatch, and of a real Prometheus that scrapes the same
 * bots, and Haltwatch for its limits and its guard. Both have data, and the same. What is empty while all is well is listed, with what
 * brings data into it.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Registry, startLink } from "@haltwatch/bot";
import { PACKS, type Pack } from "@haltwatch/packs";
import { parseRuleFile } from "@haltwatch/rules";
import { describe, expect } from "vitest";
import { BettingOrchestrator, bettingConfig } from "../guard/betting-orchestrator.ts";
import { LiveBot } from "../packs/live-bot.ts";
import { testWithPeer } from "../peers.ts";
import { apiData, freePort, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { startPrometheusWithConfig } from "../real-prometheus.ts";
import { type Asked, dashboardsOf, interpolated, type PackDashboard, queriesOf } from "./dashboard-json.ts";
import { EMPTY_WHILE_WELL } from "./empty-while-well.ts";

const TOKENS = { CONTROL_TOKEN: "control-s3cret", BETTING_TOKEN: "betting-s3cret" };

/** So many times as fast as the clock each bot lives, so that all that it does happens in seconds. */
const PACE: Readonly<Record<string, number>> = {
  arbitrage: 10,
  betting: 10,
  trading: 20,
  "ai-trading": 20,
  scraper: 200,
};

/** Before anybody looks they live a while, so that all their series are there: what counters count before is nobody's increase. */
const YOUTH_PACE = 300;
const YOUTH_MS = 3000;

/** How long the bots live before they are looked at, and stand still before that, milliseconds: all scrapes and rules have seen them. */
const LIFE_MS = 9_000;
const STILL_MS = 7_000;

/** How soon all that was empty must have data, when there is trouble, milliseconds. */
const TROUBLE_MS = 25_000;

const SCRAPE_MS = 1000;

/**
 * A graph whose data source says that it scrapes each 6 s, so that each window has all that the bots did: one that begins while they live
 * would begin before an order for one and after it for the other.
 */
const RANGE_MS = 24_000;
const TIMES = { rangeMs: RANGE_MS, stepMs: SCRAPE_MS, scrapeMs: 6000 };

/** Haltwatch's rules that run once a minute are run each second, too. */
const SLOW_MS = 60_000;

const BOT_PACKS = PACKS.filter(({ name }) => name !== "system");

type Source = "haltwatch" | "prometheus";

/** What each of both measures by itself, or what differs with the moment of asking: their series are compared, not their values. */
const OWN_MEASURE =
  /haltwatch_(?:rule_group|event_loop|store|disk|build|notification|targets|link)|process_|health_|anomaly:center|timestamp\(up|time\(\) - max by \(bot\) \(scraper/;

/** On a busy machine those about Haltwatch fire, in one of both first. That both tell the same of bots is proved beside the packs. */
const OF_ALERTS = /\bALERTS\{/;

/** What counters did, as a share: windows begin and end between other scrapes. */
const OVER_TIME = /\[|:\w+/;
const TOLERANCE = 0.2;

/** The difference of two counts is as far off as both together: so many. */
const DIFFERENCE = /\) - sum/;
const DIFFERENCE_TOLERANCE = 2;

/** Of what jumps between two scrapes, both see other values. */
const SAMPLED = /(?:avg|max)_over_time\(spread/;
const SAMPLED_TOLERANCE = 0.5;

/** The last value of each series, by its labels. */
type Answer = ReadonlyMap<string, number>;

describe("dashboards with running bots", { timeout: 120_000 }, () => {
  testWithPeer(
    "prometheus",
    "A7 C9 D6 E4 each query of each dashboard has data, in Haltwatch and in a real Prometheus, and both agree",
    async (binary) => {
      await using parts = new AsyncDisposableStack();
      const bots = new Map<string, LiveBot>();
      for (const name of Object.keys(PACE)) {
        bots.set(name, parts.use(await LiveBot.start(packNamed(name), { seed: 1, pace: YOUTH_PACE })));
      }
      await sleep(YOUTH_MS);
      for (const bot of bots.values()) bot.hold();
      const orchestrator = parts.use(new BettingOrchestrator(await freePort(), TOKENS.BETTING_TOKEN));
      await orchestrator.start();
      const toml = haltwatchToml(bots, orchestrator.url);
      const real = parts.use(new RealHaltwatch({ "haltwatch.toml": toml, "fast.yml": fastRules() }, TOKENS));
      const ours = await real.start();
      const theirs = parts.use(await startPrometheusWithConfig(binary, prometheusYml(bots, ours.url, real.folder)));
      const linked = linkedBot(ours.url);
      parts.use(linked.link);
      const urls: Readonly<Record<Source, string>> = { haltwatch: ours.url, prometheus: theirs.url };
      for (const url of Object.values(urls))
        await ours.until(`${url} scrapes them`, async () => ((await scraped(url)) === bots.size ? true : undefined));
      for (const [name, bot] of bots) {
        bot.pace = PACE[name] ?? 1;
        bot.wake();
      }
      await sleep(LIFE_MS);
      for (const bot of bots.values()) bot.hold();
      await sleep(STILL_MS); // real servers on a real clock

      const timeMs = Date.now() - SCRAPE_MS;
      const asked = await allQueries(ours.url, timeMs);
      expect(await choices(urls.prometheus, timeMs)).toEqual(await choices(urls.haltwatch, timeMs));
      const well = await answers(asked, urls, timeMs);

      const isListed = (where: string): boolean => EMPTY_WHILE_WELL.some(([pattern]) => pattern.test(where));
      const empty = [...well].filter(([, { haltwatch }]) => haltwatch.size === 0).map(([{ where }]) => where);
      expect(
        empty.filter((where) => !isListed(where)),
        "queries without data",
      ).toEqual([]);
      expect([...well].flatMap(([one, answer]) => differences(one, answer))).toEqual([]);

      const waiting = asked.filter(({ where }) =>
        EMPTY_WHILE_WELL.some(([pattern, , by]) => by === "fault" && pattern.test(where)),
      );
      real.write("haltwatch.toml", `${toml}[thresholds]\nsystem.event_loop_lag_seconds_max = 0\n`);
      await trouble(ours, bots, linked.order);
      let still = waiting;
      const endMs = Date.now() + TROUBLE_MS;
      while (still.length > 0 && Date.now() < endMs) {
        const looked = await answers(still, urls, Date.now());
        still = still.filter((one) => Object.values(looked.get(one) ?? {}).some(({ size }) => size === 0));
      }
      expect(
        still.map(({ where }) => where),
        "still without data when there is trouble",
      ).toEqual([]);
      process.stdout.write(
        `${asked.length} queries of ${dashboardsOf(PACKS).length} dashboards, ${empty.length} empty while all is well, ${waiting.length} of them filled by trouble\n`,
      );
    },
  );
});

function packNamed(name: string): Pack {
  const pack = PACKS.find((one) => one.name === name);
  if (pack === undefined) throw new Error(`there is no pack ${name}`);
  return pack;
}

/** How many bots are scraped well. */
async function scraped(url: string): Promise<number> {
  const query = encodeURIComponent('up{bot=~".+-1",bot!="linked-1"} == 1');
  return (await apiData<{ result: unknown[] }>(url, `/api/v1/query?query=${query}`)).result.length;
}

/** Every query of every dashboard. */
async function allQueries(url: string, timeMs: number): Promise<readonly Asked[]> {
  const found: Asked[] = [];
  for (const dashboard of dashboardsOf(PACKS))
    found.push(...queriesOf(dashboard, { values: await valuesOf(dashboard, url, timeMs), ...TIMES }));
  return found;
}

/** What the reader can choose from, all of which is chosen. */
async function valuesOf({ json }: PackDashboard, url: string, timeMs: number) {
  const values: Record<string, readonly string[]> = {};
  for (const { name, type, query } of json.templating.list) {
    if (type !== "query") continue;
    const [, selector = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
    const match = encodeURIComponent(interpolated(selector, { values, ...TIMES }));
    const times = `start=${(timeMs - RANGE_MS) / 1000}&end=${timeMs / 1000}`;
    values[name] = await apiData<string[]>(url, `/api/v1/label/${label}/values?match[]=${match}&${times}`);
    expect(values[name]?.length, `${json.title}: ${name}`).toBeGreaterThan(0);
  }
  return values;
}

/** By dashboard. */
async function choices(url: string, timeMs: number): Promise<unknown> {
  const all = await Promise.all(
    dashboardsOf(PACKS).map(async (one) => [one.json.title, await valuesOf(one, url, timeMs)] as const),
  );
  return Object.fromEntries(all);
}

async function answers(asked: readonly Asked[], urls: Readonly<Record<Source, string>>, timeMs: number) {
  const found = new Map<Asked, Readonly<Record<Source, Answer>>>();
  for (const one of asked) {
    const [haltwatch, prometheus] = await Promise.all([
      answer(urls.haltwatch, one, timeMs),
      answer(urls.prometheus, one, timeMs),
    ]);
    found.set(one, { haltwatch, prometheus });
  }
  return found;
}

async function answer(url: string, { expr, isInstant, where }: Asked, timeMs: number): Promise<Answer> {
  const query = `query=${encodeURIComponent(expr)}`;
  const path = isInstant
    ? `/api/v1/query?${query}&time=${timeMs / 1000}`
    : `/api/v1/query_range?${query}&start=${(timeMs - RANGE_MS) / 1000}&end=${timeMs / 1000}&step=${TIMES.stepMs / 1000}`;
  const { resultType, result } = await apiData<{ resultType: string; result: unknown }>(url, path).catch(
    (error: Error) => {
      throw new Error(`${where}: ${error.message}`);
    },
  );
  if (resultType !== "vector" && resultType !== "matrix") throw new Error(`${where}: a ${resultType}`);
  const series = result as { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[]; // as its type says
  return new Map(
    series.map(({ metric, value, values }) => [
      JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))),
      Number((value ?? values?.at(-1))?.[1]),
    ]),
  );
}

function differences({ where, expr }: Asked, { haltwatch, prometheus }: Readonly<Record<Source, Answer>>): string[] {
  if (OF_ALERTS.test(expr)) return [];
  const keys = [...new Set([...haltwatch.keys(), ...prometheus.keys()])];
  return keys.flatMap((key) => {
    const [our, their] = [haltwatch.get(key), prometheus.get(key)];
    if (our === undefined || their === undefined)
      return [`${where}: only ${our === undefined ? "prometheus" : "haltwatch"} has ${key}`];
    if (OWN_MEASURE.test(expr) || Object.is(our, their)) return [];
    const tolerance = DIFFERENCE.test(expr)
      ? DIFFERENCE_TOLERANCE
      : toleranceOf(expr) * Math.max(Math.abs(our), Math.abs(their));
    return Math.abs(our - their) <= tolerance ? [] : [`${where}: ${our}, and in Prometheus ${their}: ${expr}`];
  });
}

/** As a share of the larger value. */
function toleranceOf(expr: string): number {
  if (SAMPLED.test(expr)) return SAMPLED_TOLERANCE;
  return OVER_TIME.test(expr) ? TOLERANCE : 1e-9;
}

/** A bot that is linked and makes orders whatever it is told. */
function linkedBot(url: string) {
  const registry = new Registry();
  const orders = registry.counter({ name: "linked_orders_total", help: "Orders." });
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const link = startLink({ url, bot: "linked-1", registry, version: "1", log: quiet });
  return { link, order: () => orders.inc() };
}

/** Something of everything: alerts, a pause by a rule, a person who pauses and arms, a bot that is gone, one that trades on. */
async function trouble(ours: HaltwatchProcess, bots: ReadonlyMap<string, LiveBot>, order: () => void): Promise<void> {
  for (const [name, fault] of [
    ["arbitrage", "rejected-orders"],
    ["betting", "bot-down"],
  ] as const)
    bots.get(name)?.faults.add(fault);
  for (const bot of bots.values()) bot.wake();
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { Authorization: `Bearer ${TOKENS.CONTROL_TOKEN}`, "Content-Type": "application/json" };
    const response = await fetch(`${ours.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.status, await response.text()).toBe(200);
  };
  for (const { name } of PACKS) {
    const by = { scope: `bot:${name}-1`, by: "ann", reason: "a look" };
    await post("/api/haltwatch/pause", by);
    await post("/api/haltwatch/arm", by);
    await post("/api/haltwatch/pause", by);
  }
  await post("/api/haltwatch/pause", { scope: "bot:linked-1", by: "ann", reason: "a look" });
  const timer = setInterval(order, 100);
  await ours.until("the orders are seen", async () =>
    (await ours.samples("haltwatch_trading_after_pause_orders[1m]")).length > 0 ? true : undefined,
  );
  clearInterval(timer);
}

/** The recording rules that run once a minute, each second. */
function fastRules(): string {
  const groups = PACKS.flatMap(({ ruleFiles }) => ruleFiles)
    .flatMap((file) => parseRuleFile(readFileSync(file, "utf8"), file).groups)
    .filter(({ intervalMs }) => intervalMs === SLOW_MS)
    .map(({ name, rules }) => ({
      name: `fast-${name}`,
      interval: "1s",
      rules: rules.flatMap((rule) =>
        rule.kind === "record" ? [{ record: rule.name, expr: rule.expr, labels: Object.fromEntries(rule.labels) }] : [],
      ),
    }));
  return JSON.stringify({ groups });
}

function haltwatchToml(bots: ReadonlyMap<string, LiveBot>, orchestratorUrl: string): string {
  const scrapes = [...bots].map(
    ([name, { address }]) => `[[scrape_configs]]
job_name = "${name}"
scrape_interval = "${SCRAPE_MS}ms"
scrape_timeout = "${SCRAPE_MS}ms"
static_configs = [{ targets = ["${address}"], labels = { job = "${packNamed(name).job}", bot = "${name}-1" } }]
`,
  );
  return `[web]
control_token = "env:CONTROL_TOKEN"
[rules]
files = ["fast.yml"]
[packs]
enabled = ${JSON.stringify(BOT_PACKS.map(({ name }) => name))}
[link]
order_counters = ["linked_orders_total"]
[route]
receiver = "ops"
[[receivers]]
name = "ops"
webhook_configs = [{ url = "http://127.0.0.1:9/" }]
${scrapes.join("")}${bettingConfig(orchestratorUrl)}`;
}

function prometheusYml(bots: ReadonlyMap<string, LiveBot>, haltwatchUrl: string, folder: string): string {
  const scrapes = [...bots].map(([name, { address }]) => ({
    job_name: name,
    static_configs: [{ targets: [address], labels: { job: packNamed(name).job, bot: `${name}-1` } }],
  }));
  const { port } = new URL(haltwatchUrl);
  // What Haltwatch tells of bots has their names; and it is named as it names itself.
  const named = { instance: `localhost:${port}` };
  const own = {
    ...{ job_name: "haltwatch", honor_labels: true },
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: named }],
  };
  return JSON.stringify({
    global: { scrape_interval: `${SCRAPE_MS}ms`, scrape_timeout: `${SCRAPE_MS}ms`, evaluation_interval: "5s" },
    rule_files: [...PACKS.flatMap(({ ruleFiles }) => ruleFiles), `${folder}/fast.yml`],
    scrape_configs: [...scrapes, own],
  });
}
