/**
 * The live state that a bot's orchestrator asks for: what the runtime registry holds, read from the newest samples. Whoever wrote
 * them, the bot itself or a probe, it reads the same. Row C2.
 */
import {
  bankOf,
  type MetricDefinition,
  parseBankSource,
  RUNTIME_METRICS,
  SEQUENCER_LIMITS,
  type SequencerState,
  sequencerHealthOf,
} from "@haltwatch/bot";
import { type Labels, METRIC_NAME, type Store } from "@haltwatch/store";
import type { Route } from "../api/index.ts";
import type { ServerConfig } from "../config/server-config.ts";

/** Samples that are older say nothing, milliseconds: as queries look back. */
const LOOKBACK_MS = 300_000;

/** The setting that says what the bank is. */
const BANK_SOURCE = "risk.bank_source";

export interface RuntimeState {
  /** When it was asked for, RFC 3339. */
  readonly time: string;
  /** Of Haltwatch's configuration, the bots' own files among it. */
  readonly configHash: string;
  readonly gasPrices: readonly { readonly chain: string; readonly gwei: number; readonly time: string }[];
  readonly sequencers: readonly {
    readonly chain: string;
    readonly state: SequencerState;
    readonly headAgeSeconds: number | undefined;
    readonly time: string;
  }[];
  readonly wallets: readonly {
    readonly wallet: string;
    readonly token: string;
    readonly usd: number;
    readonly time: string;
  }[];
  /** `null` if nobody knows: then nothing may be staked. */
  readonly bank: { readonly usd: number; readonly source: string } | null;
}

type Metric = Pick<MetricDefinition, "name" | "labelNames">;

interface Newest {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number;
}

export function runtimeState(
  store: Pick<Store, "select">,
  { hash, settings }: Pick<ServerConfig, "hash" | "settings">,
  nowMs: number,
): RuntimeState {
  const newest = (metric: Metric): readonly Newest[] => newestOf(store, metric, nowMs);
  const byChain = (metric: Metric): ReadonlyMap<string, number> =>
    new Map(newest(metric).map(({ labels, value }) => [labels.get("chain"), value]));
  const since = byChain(RUNTIME_METRICS.sequencerSince);
  const headAges = byChain(RUNTIME_METRICS.headAge);
  const wallets = newest(RUNTIME_METRICS.walletBalance).map(({ labels, value, timeMs }) => ({
    wallet: labels.get("wallet"),
    token: labels.get("token"),
    usd: value,
    time: text(timeMs),
  }));
  const bankSource = settings.find(({ name }) => name === BANK_SOURCE)?.value;
  const parsed = bankSource === undefined ? undefined : parseBankSource(bankSource);
  const usd = parsed === undefined ? undefined : bankOf(parsed, wallets);
  return {
    time: text(nowMs),
    configHash: hash,
    gasPrices: newest(RUNTIME_METRICS.gasPrice).map(({ labels, value, timeMs }) => ({
      chain: labels.get("chain"),
      gwei: value,
      time: text(timeMs),
    })),
    sequencers: newest(RUNTIME_METRICS.sequencerUp).map(({ labels, value, timeMs }) => {
      const chain = labels.get("chain");
      const sinceSeconds = since.get(chain);
      const sinceMs = sinceSeconds === undefined ? undefined : sinceSeconds * 1000;
      const reading = { isUp: value === 1, sinceMs, headAgeSeconds: headAges.get(chain), timeMs };
      const { state, headAgeSeconds } = sequencerHealthOf(reading, nowMs, SEQUENCER_LIMITS);
      return { chain, state, headAgeSeconds, time: text(timeMs) };
    }),
    wallets,
    bank: usd === undefined || bankSource === undefined ? null : { usd, source: bankSource },
  };
}

/**
 * The newest sample of what the labels name, whoever wrote it: a bot and a probe that both tell of a wallet tell of one. What has
 * ended is left out.
 */
function newestOf(store: Pick<Store, "select">, { name, labelNames }: Metric, nowMs: number): Newest[] {
  const found = new Map<string, Newest>();
  const selected = store.select([{ name: METRIC_NAME, operator: "=", value: name }], nowMs - LOOKBACK_MS, nowMs);
  for (const { labels, times, values } of selected) {
    const [timeMs, value] = [times.at(-1), values.at(-1)];
    // A stale marker is a NaN.
    if (timeMs === undefined || value === undefined || Number.isNaN(value)) continue;
    const { key } = labels.keep(new Set(labelNames));
    if (timeMs >= (found.get(key)?.timeMs ?? Number.NEGATIVE_INFINITY)) found.set(key, { labels, value, timeMs });
  }
  return [...found.values()];
}

function text(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** `GET /api/haltwatch/runtime`. */
export function runtimeRoutes(state: () => RuntimeState): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/runtime",
      access: "read",
      doc: { summary: "The live state that a bot's orchestrator asks for: gas, sequencers, wallets, the bank" },
      handle: () => ({ kind: "data", data: state() }),
    },
  ];
}
