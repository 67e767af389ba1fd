/** What the API shows, and where it has it from. It does not scrape, and does not say when rules are evaluated. */
import type { Rule } from "@haltwatch/rules";
import type { Labels, Metadata, Store } from "@haltwatch/store";

export interface ApiSources {
  readonly store: Store;
  /** In the order in which they are shown: by file, then as they stand in it. */
  readonly rules: () => readonly RuleGroupView[];
  readonly targets: () => TargetsView;
  /** URLs of those that alerts are sent to. */
  readonly alertmanagers: () => readonly string[];
  /** The configuration as text, secrets left out. */
  readonly config: () => string;
  /** How it was started, secrets left out. */
  readonly flags: () => Readonly<Record<string, string>>;
  readonly runtime: () => RuntimeView;
  readonly build: BuildView;
  /** False while it starts up and shuts down: then queries are refused. */
  readonly isReady: () => boolean;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly startTimeMs: number;
}

/** A `RuleGroup` is one. */
export interface RuleGroupView {
  readonly file: string;
  readonly name: string;
  readonly intervalMs: number;
  /** Most alerts or series of a rule; 0 for no limit. */
  readonly limit: number;
  readonly rules: readonly Rule[];
}

export interface TargetsView {
  /** In the order in which they are shown: by pool. */
  readonly active: readonly TargetView[];
  readonly dropped: readonly DroppedTargetView[];
}

export interface DroppedTargetView {
  /** Before relabelling. */
  readonly discoveredLabels: Labels;
  /** The job. */
  readonly scrapePool: string;
}

export interface TargetView extends DroppedTargetView {
  readonly labels: Labels;
  readonly scrapeUrl: string;
  /** The same, as others reach it. */
  readonly globalUrl: string;
  readonly health: "up" | "down" | "unknown";
  /** Empty if the last scrape succeeded. */
  readonly lastError: string;
  /** Unix milliseconds; `undefined` before the first. */
  readonly lastScrapeMs: number | undefined;
  readonly lastScrapeDurationMs: number;
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  /** What its last scrape said of its metrics. */
  readonly metadata: ReadonlyMap<string, Metadata>;
}

export interface RuntimeView {
  readonly hostname: string;
  readonly workingDirectory: string;
  /** Of the configuration: whether the last reading succeeded, and when it was, Unix milliseconds. */
  readonly isConfigGood: boolean;
  readonly configTimeMs: number;
  /** How long samples are kept: `30d`. */
  readonly retention: string;
}

export interface BuildView {
  /** Haltwatch's own. */
  readonly version: string;
  readonly revision: string;
  /** When it was built, as text. */
  readonly date: string;
}
