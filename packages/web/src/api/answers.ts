/** What Haltwatch's API answers, as far as the page reads it. Times are ISO 8601, UTC. */

export type Health = "ok" | "warning" | "critical" | "paused" | "unknown";

export type TradingState = "ACTIVE" | "REDUCING" | "HALTED";

export interface PauseAnswer {
  readonly epoch: number;
  /** `all`, `bot:arb-1`, `bot:arb-1,venue:cex` */
  readonly scope: string;
  readonly state: "REDUCING" | "HALTED";
  readonly reason: string;
  readonly by: string;
  readonly rule?: string;
  readonly time: string;
}

interface WalletAnswer {
  readonly wallet: string;
  readonly asset: string;
  readonly usd: number | null;
  readonly is_low: boolean;
}

export interface BotAnswer {
  readonly bot: string;
  readonly pack: string | null;
  readonly via: "link" | "scrape" | "orchestrator";
  readonly is_answering: boolean;
  readonly state: TradingState;
  readonly since: string | null;
  readonly pauses: readonly PauseAnswer[];
  readonly last_sample: string | null;
  /** That fire. */
  readonly alerts: { readonly critical: number; readonly warning: number; readonly info: number };
  /** Oldest first. */
  readonly strip_24h: readonly Health[];
  readonly strip_30d: readonly Health[];
  /** Points: Unix seconds, value. */
  readonly pnl: { readonly unit: string; readonly points: readonly (readonly [number, number])[] } | null;
  readonly wallets: readonly WalletAnswer[];
}

export interface OverviewAnswer {
  readonly now: string;
  readonly version: string;
  readonly started: string;
  readonly config_hash: string;
  readonly worst: Health;
  readonly last_sample: string | null;
  readonly last_evaluation: string | null;
  readonly bots: readonly BotAnswer[];
  readonly alerts: {
    readonly firing: number;
    readonly pending: number;
    readonly silenced: number;
    readonly critical: number;
    readonly warning: number;
    readonly info: number;
  };
  readonly targets: { readonly up: number; readonly down: number; readonly unknown: number };
  readonly probes: { readonly up: number; readonly down: number };
  readonly is_demo: boolean;
}

export interface ArmAnswer {
  readonly isForced: boolean;
  readonly armed: readonly PauseAnswer[];
  /** Other pauses that still hold for the scope or a part of it. */
  readonly remaining: readonly PauseAnswer[];
}

export interface DashboardEntry {
  readonly uid: string;
  readonly title: string;
  readonly pack: string | null;
  readonly tags: readonly string[];
  readonly description: string;
  readonly source: "pack" | "file" | "kept";
  /** Why its file cannot be read. */
  readonly error?: string;
}

export type LabelSet = Readonly<Record<string, string>>;

export interface ActiveAlert {
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly state: "pending" | "firing" | "inactive";
  readonly activeAt: string;
  readonly value: string;
}

export interface AlertingRuleAnswer {
  readonly type: "alerting";
  readonly name: string;
  readonly query: string;
  /** Seconds. */
  readonly duration: number;
  readonly keepFiringFor: number;
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly alerts: readonly ActiveAlert[];
  readonly health: string;
  readonly lastError?: string;
  readonly state: string;
  readonly lastEvaluation: string;
}

export interface RuleGroupAnswer {
  readonly name: string;
  readonly file: string;
  /** Seconds. */
  readonly interval: number;
  readonly rules: readonly AlertingRuleAnswer[];
}

/** Alertmanager's `GET /api/v2/alerts`. */
export interface ToldAlert {
  readonly fingerprint: string;
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly startsAt: string;
  readonly status: {
    readonly state: string;
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
  };
}

interface MatcherAnswer {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual?: boolean;
}

export interface SilenceAnswer {
  readonly id: string;
  readonly matchers: readonly MatcherAnswer[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly status: { readonly state: "active" | "pending" | "expired" };
}

export interface RunbookAnswer {
  readonly alert: string;
  readonly pack: string;
  readonly markdown: string;
}

export interface JournalEntryAnswer {
  readonly seq: number;
  readonly timeMs: number;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export interface JournalVerdictAnswer {
  readonly entries: number;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly fault?: { readonly kind: string; readonly seq: number; readonly message: string };
}

export interface ServiceAnswer {
  readonly name: string;
  readonly kind: string;
  readonly status: "ok" | "down" | "unknown";
  readonly since: string | null;
  readonly latency_ms: number | null;
  readonly detail: string | null;
  readonly strip_24h?: readonly Health[];
}

export interface HeartbeatAnswer {
  readonly services: readonly ServiceAnswer[];
  readonly last_beat: string | null;
}

export interface RuntimeAnswer {
  readonly gasPrices: readonly { readonly chain: string; readonly gwei: number; readonly time: string }[];
  readonly sequencers: readonly { readonly chain: string; readonly state: string; readonly headAgeSeconds?: number }[];
  readonly wallets: readonly {
    readonly wallet: string;
    readonly token: string;
    readonly usd: number;
    readonly time: string;
  }[];
  readonly bank: { readonly usd: number; readonly source: string } | null;
}

export interface HealthAnswer {
  readonly status: string;
  readonly time: string;
  readonly host: string;
  readonly checks: readonly {
    readonly kind: string;
    readonly name: string;
    readonly status: string;
    readonly value: number | null;
    readonly limit: number | null;
    readonly unit: string | null;
    readonly detail: string;
  }[];
}

export interface ReportEntry {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly time_zone: string;
  readonly created: string;
}

export interface ConfigAnswer {
  readonly hash: string;
  readonly values: readonly ConfigValueAnswer[];
}

export interface ConfigValueAnswer {
  readonly key: string;
  readonly text: string;
  readonly source: string;
  readonly where: string;
}

export interface ThresholdAnswer {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly help: string;
  readonly source: string;
  readonly where: string;
}

export interface TargetAnswer {
  readonly labels: LabelSet;
  readonly discoveredLabels: LabelSet;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly lastError: string;
  readonly lastScrape: string;
  /** Seconds. */
  readonly lastScrapeDuration: number;
  readonly health: "up" | "down" | "unknown";
  readonly scrapeInterval: string;
}

export interface TargetsAnswer {
  readonly activeTargets: readonly TargetAnswer[];
  readonly droppedTargets: readonly { readonly discoveredLabels: LabelSet; readonly scrapePool: string }[];
}

/** How a channel that tells people is. */
export interface ChannelAnswer {
  readonly receiver: string;
  readonly channel: string;
  readonly kind?: string;
  readonly isDown: boolean;
  readonly lastError?: string;
  readonly failingSince?: string;
  readonly waiting: number;
  readonly dead: number;
}

export interface DemoFault {
  readonly name: string;
  readonly description: string;
  readonly alerts: readonly string[];
  readonly is_on: boolean;
}

export interface DemoAnswer {
  readonly bots: readonly {
    readonly bot: string;
    readonly pack: string;
    readonly speed: number;
    readonly faults: readonly DemoFault[];
  }[];
}

export interface DemoMessage {
  readonly id: string | number;
  readonly time: string;
  readonly channel: "slack" | "telegram";
  readonly level: string;
  readonly text: string;
  readonly picture: string | null;
}

export interface SampleSeries {
  readonly metric: LabelSet;
  readonly value: readonly [number, string];
}

export interface QueryAnswer {
  readonly resultType: string;
  readonly result: readonly SampleSeries[];
}
