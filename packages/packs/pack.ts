/**
 * What a pack is: all that Haltwatch knows of one kind of bot. Ours are made by {@link definePack} in `<name>/pack.ts`; a user's is a
 * folder with a `pack.toml`, and becomes the same object, checked by the same checks.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Intent, MetricDefinition, MetricDefinitions, Registry, TradingScope } from "@haltwatch/bot";

/**
 * A limit that rules and dashboards compare with. It stands here once, and is a series:
 * `haltwatch_threshold{name="exec.fill_ratio_min"}`.
 */
export interface Threshold {
  /**
   * Lower-case words joined by dots. The first is a group: if a bot's file has that name ({@link BotFile}), the rest is the key
   * under which the file may set it.
   */
  readonly name: string;
  /** In force unless a bot's file, `haltwatch.toml`, the environment or the command line says otherwise. */
  readonly default: number;
  /** As people write it behind the number: `ms`, `ratio` (0 to 1), `percent`, `usd`, `seconds`, `bps`, `count`, `per_second`. */
  readonly unit: string;
  /** One sentence: what is compared with it, and which side is bad. */
  readonly help: string;
  /** Least value that makes sense: what is under it is refused. */
  readonly min?: number;
  /** Largest value that makes sense. */
  readonly max?: number;
}

/** A text of a bot's file that Haltwatch shows and hands on: `bank_source`. As a series: `haltwatch_setting_info{name,value}`. */
export interface Setting {
  /** Formed as a threshold's name; the first word is the bot's file. */
  readonly name: string;
  readonly help: string;
  /** A regular expression that the whole of it matches; anything, if it is not given. */
  readonly pattern?: string;
}

/** A configuration file of the bot's own, read as it is: keys that no threshold or setting names are the bot's business. */
export interface BotFile {
  /** First word of the thresholds and settings that it holds. */
  readonly name: string;
  /** Where it is, unless `[bot_files]` of haltwatch.toml says otherwise; relative to haltwatch.toml. YAML, or TOML by its ending. */
  readonly path: string;
}

/** Something that can be made to go wrong in the simulated bot, and what the rules then say. */
export interface Fault {
  /** In kebab-case: `venue-down`. */
  readonly name: string;
  readonly description: string;
  /** Every alert that it raises, in any order; it raises no other. */
  readonly alerts: readonly string[];
  /** Longest from switching it on until all of them fire, simulated seconds. */
  readonly withinSeconds: number;
  /** How long the bot must have lived well before, simulated seconds: for rules that first learn what is usual. */
  readonly afterSeconds?: number;
}

/** A bot that trades on nothing, for demos and tests. It does nothing between two steps: its clock is whoever steps it. */
export interface SimulatedBot {
  /** Its series, made by the recorders that a real bot uses. */
  readonly registry: Registry;
  /** False while it is as good as dead: then it is not scraped, and sends nothing. */
  readonly isAnswering: boolean;
  /**
   * Lives on until this time. Every random draw comes from its seed: the same seed, steps and faults give the same series.
   *
   * @param timeMs Unix milliseconds; never less than the step before
   * @param faults names of those that are on now
   */
  step(timeMs: number, faults: ReadonlySet<string>): void;
}

export interface SimulationOptions {
  readonly seed: number;
  /** When it starts, Unix milliseconds. */
  readonly startMs: number;
  /** Asked before each order, as a bot asks its guard. Without it everything is allowed. */
  readonly allowed?: AskAllowed;
  /**
   * What a timestamp of its says when it has lived until then (default: that very time). A bot that lives faster than the clock
   * would have timestamps in the future without it, and nothing of it would ever look old.
   */
  readonly shownTime?: (livedMs: number) => number;
}

export type AskAllowed = (intent: Intent, scope: TradingScope) => boolean;

export type StartSimulation = (options: SimulationOptions) => SimulatedBot;

/** What the page's first view shows of a bot of this kind, beside its state. */
interface PackOverview {
  /** Its profit and loss over the last day: a series for each bot, with the labels `bot`, or `job` and `instance`. */
  readonly pnl?: { readonly query: string; readonly unit: string };
  /** What its wallets hold. */
  readonly wallets?: {
    /** A gauge in US dollars with a label `wallet`. */
    readonly metric: string;
    /** The label that says of what. */
    readonly assetLabel: string;
    /** The threshold under which all that a wallet holds is too little. */
    readonly low: string;
  };
}

/** A figure of the daily report. What has no data on a day is not told. */
export interface ReportQuery {
  /** `Opportunities found`. */
  readonly title: string;
  /**
   * PromQL for one number at the day's end: `sum(increase(x_total[$__range]))`. `$__range` is as long as the day is. Of a gauge
   * `sum(x) or sum(last_over_time(x[$__range]))`: a bot that was restarted under another name is not added twice.
   */
  readonly query: string;
  readonly unit: "number" | "count" | "ratio" | "percent" | "usd" | "seconds" | "milliseconds";
  /** How it went over the day: PromQL for one line. `bars` is how much within `$__interval`, `line` how much at each time. */
  readonly chart?: { readonly kind: "bars" | "line"; readonly query: string };
}

/** What {@link definePack} takes. */
export interface PackDefinition {
  /** `import.meta.url` of its `pack.ts`. */
  readonly url: string;
  /** In kebab-case: its folder's name. */
  readonly name: string;
  /** One sentence, for `haltwatch pack list`. */
  readonly description: string;
  /** The `job` that its rules expect, if it is not its name. */
  readonly job?: string;
  /** Where a name, type, help, unit and buckets stand. */
  readonly metrics: MetricDefinitions;
  readonly thresholds: readonly Threshold[];
  readonly settings?: readonly Setting[];
  readonly botFiles?: readonly BotFile[];
  /** Most series that one bot of this kind makes. */
  readonly seriesBudget: number;
  /** What the simulated bot can be made to suffer. */
  readonly faults?: readonly Fault[];
  /** Loads the simulated bot when it is wanted: `async () => (await import("./simulated-bot.ts")).startSimulation`. */
  readonly simulation?: () => Promise<StartSimulation>;
  /** Its rule file, relative to the folder (default `rules.yml`). */
  readonly rules?: string;
  /** Grafana dashboards, relative to the folder. */
  readonly dashboards?: readonly string[];
  readonly overview?: PackOverview;
  /** What the daily report tells of bots of this kind. */
  readonly report?: readonly ReportQuery[];
  /** Rule tests beside `rules.test.yml` that want another interval, relative to the folder. */
  readonly moreRuleTests?: readonly string[];
}

export interface Pack {
  readonly name: string;
  readonly description: string;
  /** Absolute. */
  readonly folder: string;
  /** The value of the label `job` of its bots' series: its name, unless it says otherwise. */
  readonly job: string;
  readonly metrics: readonly MetricDefinition[];
  readonly thresholds: readonly Threshold[];
  readonly settings: readonly Setting[];
  readonly botFiles: readonly BotFile[];
  readonly seriesBudget: number;
  readonly faults: readonly Fault[];
  readonly simulation: (() => Promise<StartSimulation>) | undefined;
  readonly overview: PackOverview;
  readonly report: readonly ReportQuery[];
  /** Absolute, as all that follow. */
  readonly ruleFiles: readonly string[];
  readonly ruleTestFiles: readonly string[];
  readonly runbook: string;
  readonly dashboards: readonly string[];
}

/** Completes a pack of ours: `rules.yml`, `rules.test.yml` and `RUNBOOK.md` are beside its `pack.ts`. */
export function definePack(given: PackDefinition): Pack {
  const { url, metrics, rules = "rules.yml", moreRuleTests = [], dashboards = [], ...definition } = given;
  const folder = fileURLToPath(new URL(".", url));
  return {
    settings: [],
    botFiles: [],
    faults: [],
    simulation: undefined,
    overview: {},
    report: [],
    job: definition.name,
    ...definition,
    folder,
    metrics: Object.values(metrics),
    ruleFiles: [join(folder, rules)],
    ruleTestFiles: ["rules.test.yml", ...moreRuleTests].map((path) => join(folder, path)),
    runbook: join(folder, "RUNBOOK.md"),
    dashboards: dashboards.map((path) => join(folder, path)),
  };
}
