/** `receivers`: who is told, through which channels. */
import type { z } from "zod";
import type { NotifyError } from "../notify-error.ts";
import { CHANNEL_CONFIGS, type ChannelKind, isChannelKind, keysOf } from "./channel-configs.ts";
import { GLOBAL_DEFAULTS, LEFT_OUT, NESTED_LEFT_OUT, UNSENT_CHANNELS } from "./channel-keys.ts";
import type { ConfigPath } from "./config-places.ts";
import { text } from "./config-values.ts";

export interface ReceiverConfig {
  readonly name: string;
  /** None: nobody is told. */
  readonly channels: readonly ChannelConfig[];
}

/** One of a receiver's channels. */
export type ChannelConfig = {
  [Kind in ChannelKind]: {
    readonly kind: Kind;
    /** Which of the receiver's: `slack[0]`. Notifications name it. */
    readonly name: string;
    readonly sendsResolved: boolean;
    /** As the channel's own schema gives them; secrets are references. */
    readonly settings: z.output<(typeof CHANNEL_CONFIGS)[Kind]>;
  };
}[ChannelKind];

type Mapping = Readonly<Record<string, unknown>>;

interface Reports {
  readonly check: <T extends z.ZodType>(path: ConfigPath, type: T, value: unknown) => z.output<T>;
  readonly warn: (path: ConfigPath, message: string) => void;
  readonly unknownKey: (path: ConfigPath, known: readonly string[]) => NotifyError;
}

export class ReceiverReader {
  readonly #defaults: ReadonlyMap<string, Mapping>;
  readonly #reports: Reports;

  /** @param global what channels take from there */
  constructor(global: Mapping, reports: Reports) {
    const defaults = new Map<string, Record<string, unknown>>();
    for (const [globalKey, [kind, key]] of GLOBAL_DEFAULTS) {
      if (isGiven(global[globalKey])) defaults.set(kind, { ...defaults.get(kind), [key]: global[globalKey] });
    }
    this.#defaults = defaults;
    this.#reports = reports;
  }

  read(path: ConfigPath, entry: Mapping): ReceiverConfig {
    const { name: written, ...lists } = entry;
    const name = this.#reports.check(
      [...path, "name"],
      text.refine((given) => given !== "", "it is missing"),
      written,
    );
    const channels: ChannelConfig[] = [];
    for (const [key, value] of Object.entries(lists)) {
      const kind = key.replace(/_configs$/, "");
      const at = [...path, key];
      if (key.endsWith("_configs") && UNSENT_CHANNELS.has(kind)) {
        if (isGiven(value)) this.#reports.warn(at, `${key} is left out: Haltwatch does not send to ${kind}`);
      } else if (key.endsWith("_configs") && isChannelKind(kind)) {
        for (const [index, settings] of listOf(value).entries())
          channels.push(this.#channel([...at, index], kind, index, settings));
      } else {
        const known = [...Object.keys(CHANNEL_CONFIGS), ...UNSENT_CHANNELS].map((channel) => `${channel}_configs`);
        throw this.#reports.unknownKey(at, ["name", ...known]);
      }
    }
    return { name, channels };
  }

  #channel(path: ConfigPath, kind: ChannelKind, index: number, value: unknown): ChannelConfig {
    const given = isMapping(value) ? this.#taken(path, kind, this.#withDefaults(kind, value)) : value;
    const settings = this.#reports.check(path, CHANNEL_CONFIGS[kind], given);
    // The settings are this kind's: the schema was looked up by it.
    return { kind, name: `${kind}[${index}]`, sendsResolved: settings.send_resolved, settings } as ChannelConfig;
  }

  /** With what `global` says, unless it says it itself; a key and its `_file` are the same. */
  #withDefaults(kind: ChannelKind, settings: Mapping): Mapping {
    const own = Object.fromEntries(Object.entries(settings).filter(([, value]) => isGiven(value)));
    const keys = new Set(Object.keys(own).map(withoutFile));
    const defaults = Object.entries(this.#defaults.get(kind) ?? {}).filter(([key]) => !keys.has(withoutFile(key)));
    return { ...Object.fromEntries(defaults), ...own };
  }

  /** What the channel takes. */
  #taken(path: ConfigPath, kind: ChannelKind, settings: Mapping): Mapping {
    const keys = keysOf(kind);
    const taken: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(settings)) {
      const at = [...path, key];
      if (keys.includes(key)) taken[key] = this.#takenOf(at, value, NESTED_LEFT_OUT.get(key));
      else if (Object.hasOwn(LEFT_OUT, key)) this.#reports.warn(at, `${key} is left out: ${LEFT_OUT[key]}`);
      else throw this.#reports.unknownKey(at, [...keys, ...Object.keys(LEFT_OUT)]);
    }
    return taken;
  }

  #takenOf(path: ConfigPath, value: unknown, leftOut: ReadonlySet<string> | undefined): unknown {
    if (leftOut === undefined || !isMapping(value)) return value;
    const entries = Object.entries(value).filter(([key]) => {
      if (!leftOut.has(key)) return true;
      this.#reports.warn([...path, key], `${key} is left out: Haltwatch has its own settings for it`);
      return false;
    });
    return Object.fromEntries(entries);
  }
}

function withoutFile(key: string): string {
  return key.replace(/_file$/, "");
}

function listOf(value: unknown): readonly unknown[] {
  if (!isGiven(value)) return [];
  return Array.isArray(value) ? value : [value];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
