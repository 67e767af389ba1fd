/**
 * A pack's simulated bot on a simulated clock, scraped into a real store, with the pack's rules evaluated on it: what fires when,
 * hours in seconds.
 */
import { readFileSync } from "node:fs";
import type { Pack, SimulatedBot } from "@haltwatch/packs";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { ScrapeReader } from "@haltwatch/server";
import { Labels, METRIC_NAME, type Series, Store } from "@haltwatch/store";

/** Between two scrapes, and the shortest interval of a rule group. */
const STEP_MS = 5_000;

/** Not a round number of anything, so that nothing comes out right by chance. */
const START_MS = 1_700_000_003_000;

/** Rules look back an hour at most, or as far as their pack's own recording rules go. */
const RETENTION_MS = 26 * 3_600_000;

const COMMIT_EVERY_STEPS = 60;

export class SimulatedPlay implements Disposable {
  readonly #pack: Pack;
  readonly #bot: SimulatedBot;
  readonly #store: Store;
  readonly #reader: ScrapeReader<Series>;
  readonly #groups: readonly RuleGroup[];
  readonly #up: Series;
  #nowMs = START_MS;
  #steps = 0;
  #seriesOfLastScrape = 0;

  private constructor(pack: Pack, bot: SimulatedBot) {
    this.#pack = pack;
    this.#bot = bot;
    this.#store = new Store({
      path: ":memory:",
      now: () => this.#nowMs,
      commitIntervalMs: 0,
      retentionMs: RETENTION_MS,
    });
    const store = this.#store;
    const target = { job: pack.job, instance: "simulated:1", bot: `${pack.name}-1` };
    this.#up = store.series(Labels.from({ ...target, [METRIC_NAME]: "up" }));
    this.#reader = new ScrapeReader((labels) => store.series(Labels.from([...labels, ...Object.entries(target)])));
    this.#groups = pack.ruleFiles
      .map((file) => parseRuleFile(readFileSync(file, "utf8"), file))
      .flatMap(({ file, groups }) =>
        groups.map((group) => {
          const made = new RuleGroup(file, group, { reader: store, sink: sinkOf(store), defaultIntervalMs: 15_000 });
          made.startAfresh();
          return made;
        }),
      );
  }

  static async start(pack: Pack, seed: number): Promise<SimulatedPlay> {
    if (pack.simulation === undefined) throw new Error(`${pack.name} has no simulated bot`);
    const start = await pack.simulation();
    return new SimulatedPlay(pack, start({ seed, startMs: START_MS }));
  }

  /** Series of the bot in the last scrape, `up` not among them. */
  get series(): number {
    return this.#seriesOfLastScrape;
  }

  /** Seconds since it began. */
  get seconds(): number {
    return (this.#nowMs - START_MS) / 1000;
  }

  /**
   * Lives on.
   *
   * @returns by the alert's name, when it first fired meanwhile, seconds since it began
   */
  async live(seconds: number, faults: ReadonlySet<string> = new Set()): Promise<ReadonlyMap<string, number>> {
    const fired = new Map<string, number>();
    const endMs = this.#nowMs + seconds * 1000;
    while (this.#nowMs < endMs) {
      this.#nowMs += STEP_MS;
      this.#bot.step(this.#nowMs, faults);
      await this.#scrape();
      for (const name of this.#evaluate()) if (!fired.has(name)) fired.set(name, this.seconds);
    }
    return fired;
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }

  async #scrape(): Promise<void> {
    const store = this.#store;
    const nowMs = this.#nowMs;
    const { isAnswering } = this.#bot;
    const body = Buffer.from(isAnswering ? await this.#bot.registry.metrics() : "");
    const { samples, stale } = this.#reader.read(body, (series, value) => void store.append(series, nowMs, value));
    for (const series of stale) store.appendStale(series, nowMs);
    store.append(this.#up, nowMs, isAnswering ? 1 : 0);
    if (isAnswering) this.#seriesOfLastScrape = samples;
    for (const { name, default: value } of this.#pack.thresholds) {
      store.append(store.series(Labels.from({ [METRIC_NAME]: "haltwatch_threshold", name })), nowMs, value);
    }
    this.#steps += 1;
    if (this.#steps % COMMIT_EVERY_STEPS === 0) store.commit();
  }

  /** @returns names of alerts that fire now */
  #evaluate(): string[] {
    for (const group of this.#groups) {
      if ((this.#steps * STEP_MS) % group.intervalMs === 0) group.evaluate(this.#nowMs);
      for (const { name, health } of group.rules)
        if (health.kind === "err") throw new Error(`${name}: ${health.error.message}`);
    }
    return this.#groups.flatMap(({ alertingRules }) =>
      alertingRules.flatMap((rule) => (rule.activeAlerts().some(({ state }) => state === "firing") ? [rule.name] : [])),
    );
  }
}

function sinkOf(store: Store) {
  return {
    append: (labels: Labels, timeMs: number, value: number): undefined => {
      store.append(store.series(labels), timeMs, value);
    },
    appendStale: (labels: Labels, timeMs: number): undefined => {
      store.appendStale(store.series(labels), timeMs);
    },
  };
}
