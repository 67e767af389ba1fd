/** `[heartbeat]` in haltwatch.toml: what is looked at every 30 s, and where it is written. See docs/heartbeat.md. */
import { parseBindAddress } from "@haltwatch/bot/config";
import { faultOfReadRequest } from "@haltwatch/probes";
import { z } from "zod";
import { header } from "../pausing/orchestrator-config.ts";
import { bytes, duration, optional, text, textByName, wholeNumber } from "../scrape/config-values.ts";
import { parseSecretReference } from "../secrets/index.ts";
import { address, type ChainSettings, chainNamed, endpoint, type FaultAt, shownKey } from "./chain-config.ts";

/** Shortest interval, milliseconds. */
const LEAST_INTERVAL_MS = 1_000;

/** Longest, milliseconds: what is older than five minutes is not there any more for queries, and so for rules. */
const MOST_INTERVAL_MS = 240_000;

const DAY_MS = 86_400_000;

export const runBy = z.enum(["haltwatch", "service"], {
  error: 'write "haltwatch", or "service" if a service of its own does it',
});

export const listen = text.refine((value) => typeof parseBindAddress(value) !== "string", {
  error: "write an address like 127.0.0.1:9899",
});

export const keep = duration.refine((ms) => ms >= DAY_MS, { error: "write at least 1d: a day is what can be proved" });

export const interval = duration
  .refine((ms) => ms >= LEAST_INTERVAL_MS, { error: "write at least 1s" })
  .refine((ms) => ms <= MOST_INTERVAL_MS, { error: "write at most 4m: rules know nothing that is older than five" });

const secret = text.transform((written, context) => {
  const reference = parseSecretReference(written);
  if (reference !== undefined) return reference;
  const message = "a secret does not belong in a file: write env:NAME, file:PATH, credential:NAME or keyring:NAME";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const common = {
  name: text.refine((name) => /^[\w.-]{1,60}$/.test(name), {
    error: "write a name of letters, digits, points and dashes",
  }),
  timeout: duration.optional(),
  attempts: wholeNumber.optional(),
};

const chainCommon = {
  ...common,
  chain: text,
  /** The first of the chain's own, unless another is named. */
  url: endpoint.optional(),
  max_head_age: duration.optional(),
};

const service = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("http"),
      ...common,
      url: endpoint,
      venue: optional(text),
      method: z.enum(["GET", "HEAD", "POST"], { error: "write GET, HEAD or POST" }).default("GET"),
      headers: header.default({}),
      body: optional(text),
      expect_status: z.array(wholeNumber).default([]),
      expect_text: optional(text),
      expect_json: textByName.optional(),
      max_body: bytes.prefault("256KB"),
      max_redirects: wholeNumber.default(3),
    }),
    z.strictObject({
      kind: z.literal("rpc"),
      ...chainCommon,
      reference: endpoint.optional(),
      max_lag_blocks: wholeNumber.default(50),
    }),
    z.strictObject({
      kind: z.literal("sequencer"),
      ...chainCommon,
      feed: address.optional(),
      grace: duration.optional(),
    }),
    z.strictObject({
      kind: z.literal("exchange"),
      ...common,
      exchange: text,
      venue: optional(text),
      api_key: optional(secret),
      api_secret: optional(secret),
      api_password: optional(secret),
      max_clock_skew: duration.prefault("1s"),
    }),
  ],
  { error: 'write kind = "http", "rpc", "sequencer" or "exchange"' },
);

/** Services that are known by name. Of the venue itself only that it answers is asked: what it says changes with its version. */
const PRESETS = {
  sx: [
    { kind: "http", name: "sx-api", url: "https://api.sx.bet/metadata", venue: "sx" },
    { kind: "rpc", name: "sx-rpc", chain: "sx" },
  ],
  "sx-network": [{ kind: "rpc", name: "sx-network-rpc", chain: "sx-network" }],
  arbitrum: [
    { kind: "rpc", name: "arbitrum-rpc", chain: "arbitrum" },
    { kind: "sequencer", name: "arbitrum-sequencer", chain: "arbitrum" },
  ],
} as const satisfies Record<string, readonly z.input<typeof service>[]>;

const PRESET_NAMES = Object.keys(PRESETS) as (keyof typeof PRESETS)[]; // its own keys

/** Keys of haltwatch.toml, for its schema. */
export const HEARTBEAT_KEYS = {
  heartbeat: z
    .strictObject({
      interval: interval.prefault("30s"),
      /** Of one attempt. */
      timeout: duration.prefault("5s"),
      /** Of which one has to succeed, within a beat. */
      attempts: wholeNumber.default(3),
      log: text.default("monitoring/heartbeat.log"),
      keep: keep.prefault("7d"),
      run_by: runBy.default("haltwatch"),
      /** Where a service of its own shows its metrics. */
      listen: listen.default("127.0.0.1:9899"),
      presets: z.array(z.enum(PRESET_NAMES, { error: `presets are ${PRESET_NAMES.join(", ")}` })).default([]),
      services: z.array(service, { error: "write [[heartbeat.services]] with kind and name" }).default([]),
    })
    .optional(),
} as const;

type Written = z.output<typeof service>;

/** With its chain, and with the limits that are not written. */
export type ServiceSettings =
  | (Written & { readonly kind: "http" | "exchange" } & Attempts)
  | (Written & { readonly kind: "rpc" | "sequencer" } & Attempts & { readonly of: ChainSettings });

interface Attempts {
  readonly timeout: number;
  readonly attempts: number;
}

export type HeartbeatSettings = Omit<NonNullable<z.output<typeof HEARTBEAT_KEYS.heartbeat>>, "services"> & {
  readonly services: readonly ServiceSettings[];
};

/** @throws what is wrong with it, at its key */
export function heartbeatSettings(
  written: z.output<typeof HEARTBEAT_KEYS.heartbeat>,
  chains: ReadonlyMap<string, ChainSettings>,
  faultAt: FaultAt,
): HeartbeatSettings | undefined {
  if (written === undefined) return undefined;
  const presets = written.presets.flatMap((name) => PRESETS[name].map((one) => service.parse(one)));
  const own = written.services.map((one, index) => ({ one, key: `heartbeat.services.${index}` }));
  // What the file says of a service by a preset's name stands instead of it.
  const named = new Set(written.services.map(({ name }) => name));
  const all = [
    ...presets.filter(({ name }) => !named.has(name)).map((one) => ({ one, key: "heartbeat.presets" })),
    ...own,
  ];
  if (all.length === 0) {
    throw faultAt("heartbeat", "heartbeat: there is nothing to look at", "Write presets, or [[heartbeat.services]]");
  }
  const services = all.map(({ one, key }): ServiceSettings => {
    const timeout = one.timeout ?? written.timeout;
    const attempts = one.attempts ?? written.attempts;
    checkTimes(key, { timeout, attempts }, written.interval, faultAt);
    checkRequest(one, key, faultAt);
    if (one.kind === "http" || one.kind === "exchange") return { ...one, timeout, attempts };
    const of = chainNamed(chains, one.chain, `${key}.chain`, faultAt);
    return { ...one, timeout, attempts, of };
  });
  const twice = own.find(({ one }, index) => own.findIndex((other) => other.one.name === one.name) !== index);
  if (twice !== undefined) {
    throw faultAt(
      `${twice.key}.name`,
      `${shownKey(twice.key)}.name: two services are named ${twice.one.name}`,
      "Give each its own",
    );
  }
  return { ...written, services };
}

/** Of a URL that is kept elsewhere, the probe itself refuses what is not for reading. */
function checkRequest(one: Written, key: string, faultAt: FaultAt): void {
  if (one.kind === "exchange" && (one.api_key === undefined) !== (one.api_secret === undefined)) {
    const missing = one.api_key === undefined ? "api_key" : "api_secret";
    throw faultAt(key, `${shownKey(key)}.${missing} is missing`, "A key and its secret go together");
  }
  if (one.kind !== "http") return;
  const { method, headers, body, url } = one;
  const fault = faultOfReadRequest({ method, headers, body, url: url instanceof URL ? url : ELSEWHERE });
  if (fault !== undefined)
    throw faultAt(key, `${shownKey(key)}: ${fault}`, "Haltwatch never sends anything but what reads");
  if (method === "HEAD" && (one.expect_text !== undefined || one.expect_json !== undefined)) {
    throw faultAt(key, `${shownKey(key)}.method: HEAD gets no text that could be expected`, 'Write method = "GET"');
  }
}

/** Stands for a URL that is not known yet. */
const ELSEWHERE = new URL("https://localhost/");

/** As the heartbeat itself refuses it, but with the key. */
function checkTimes(key: string, { timeout, attempts }: Attempts, intervalMs: number, faultAt: FaultAt): void {
  const shown = shownKey(key);
  if (attempts < 1 || attempts > 10) throw faultAt(`${key}.attempts`, `${shown}.attempts: write 1 to 10`, "3 is usual");
  if (timeout < 10) throw faultAt(`${key}.timeout`, `${shown}.timeout: write at least 10ms`, "5s is usual");
  const longestMs = attempts * (timeout + 250);
  if (longestMs <= intervalMs - 250) return;
  const message = `${shown}.timeout: ${attempts} attempts of ${timeout / 1000} s do not fit into ${intervalMs / 1000} s`;
  throw faultAt(`${key}.timeout`, message, "Write a shorter timeout or fewer attempts");
}
