/**
 * Who is told, and how, as haltwatch.toml says it: in a few keys of `[notify]`; in Alertmanager's own keys, `route`, `receivers`
 * and so on; or in an alertmanager.yml that it names. With none of them, the log has what fires all the same (row A5).
 */
import { ConfigError } from "@haltwatch/bot";
import {
  type ConfigPlaces,
  type NotifyConfig,
  NotifyError,
  readAlertmanagerYml,
  readNotifyConfig,
} from "@haltwatch/notify";
import { parse } from "yaml";
import { z } from "zod";
import { optional, text, textList } from "../scrape/config-values.ts";

export interface NotifySettings {
  readonly config: NotifyConfig;
  /** The same in Alertmanager's keys, as it is written: secrets are references. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Base URLs of real Alertmanagers that alerts are posted to as well. */
  readonly alertmanagers: readonly string[];
}

const anyList = optional(z.array(z.unknown(), { error: "write a list here" }));
const anyTable = optional(z.record(z.string(), z.unknown(), { error: "write a table here" }));

/** Keys of haltwatch.toml, for its schema. What stands in Alertmanager's is read by {@link notifySettings}. */
export const NOTIFY_KEYS = {
  notify: z
    .strictObject({
      /** The incoming webhook's URL is a secret: `keyring:NAME`, `env:NAME`, `file:PATH`, `credential:NAME`. */
      slack_webhook_url: optional(text),
      telegram_bot_token: optional(text),
      /** A number, or a channel's `@name`. */
      telegram_chat_id: z.union([z.int(), z.string()], { error: "write the chat's number" }).optional(),
      /** Of a Bot API server of your own. */
      telegram_api_url: optional(text),
      ntfy_url: optional(text),
      ntfy_topic: optional(text),
      pagerduty_routing_key: optional(text),
      webhook_url: optional(text),
      /** What goes to people whom nothing critical should wait for. */
      group_wait: text.default("10s"),
      repeat_interval: text.default("4h"),
    })
    .prefault({}),
  alertmanager_config: optional(text),
  alertmanagers: textList.default([]),
  route: anyTable,
  receivers: anyList,
  inhibit_rules: anyList,
  time_intervals: anyList,
  mute_time_intervals: anyList,
} as const;

const notifyKeys = z.object(NOTIFY_KEYS);

export type NotifyValues = z.output<typeof notifyKeys>;

/** The keys that are Alertmanager's own, too. */
const SHARED_KEYS = ["route", "receivers", "inhibit_rules", "time_intervals", "mute_time_intervals"] as const;

export interface NotifySource {
  /** Where a value of haltwatch.toml stands. */
  readonly places: ConfigPlaces;
  /** Reads a file that it names. @throws {ConfigError} `NO_FILE` */
  readonly readFile: (path: string) => { readonly text: string; readonly path: string };
}

/** @throws {ConfigError} with file, line, column and key */
export function notifySettings(values: NotifyValues, source: NotifySource): NotifySettings {
  try {
    return read(values, source);
  } catch (error) {
    if (!(error instanceof NotifyError)) throw error;
    const { code, message, hint, file, line, column, key } = error;
    throw new ConfigError(code, message, { hint, file, line, column, key, cause: error });
  }
}

function read(values: NotifyValues, { places, readFile }: NotifySource): NotifySettings {
  const { alertmanager_config: file, alertmanagers } = values;
  for (const [index, url] of alertmanagers.entries()) checkUrl(url, ["alertmanagers", index], places);
  const shared = SHARED_KEYS.filter((key) => values[key] !== undefined);
  checkWhole(values.notify, places);
  const simple = Object.entries(channelsOf(values.notify)).filter(([, configs]) => configs.length > 0);
  const ways = [
    ...(file === undefined ? [] : ["alertmanager_config"]),
    ...(shared.length === 0 ? [] : [shared[0] ?? ""]),
    ...simple.slice(0, 1).map(([kind]) => `notify.${NAMES[kind]?.[""] ?? ""}`),
  ];
  const [first, second] = ways;
  if (first !== undefined && second !== undefined) {
    const hint = "Say it one way: [notify], or route and receivers, or alertmanager_config";
    throw faultAt(second.split("."), `${first} and ${second} both say who is told`, hint, places);
  }
  if (file !== undefined) {
    const { text: yaml, path } = readFile(file);
    const config = readAlertmanagerYml(yaml, path, { secrets: "refuse" });
    return { config, written: parse(yaml) as Readonly<Record<string, unknown>>, alertmanagers }; // just checked
  }
  if (shared.length > 0) {
    const own = Object.fromEntries(shared.map((key) => [key, values[key]]));
    return { config: readNotifyConfig(own, places, { secrets: "refuse" }), written: own, alertmanagers };
  }
  const written = simpleConfig(values.notify, simple);
  return { config: readNotifyConfig(written, placesIn(places), { secrets: "refuse" }), written, alertmanagers };
}

type Simple = NotifyValues["notify"];

/** Everything to everybody; what is critical at once, and soon again when there is more of it. */
function simpleConfig(
  { group_wait, repeat_interval }: Simple,
  channels: readonly (readonly [string, unknown] | unknown[])[],
): Readonly<Record<string, unknown>> {
  return {
    route: {
      receiver: "people",
      ...{ group_by: ["alertname", "bot"], group_wait, group_interval: "1m", repeat_interval },
      routes: [{ matchers: ['severity="critical"'], group_wait: "0s", group_interval: "10s" }],
    },
    receivers: [{ name: "people", ...Object.fromEntries(channels as [string, unknown][]) }],
  };
}

function channelsOf(simple: Simple): Readonly<Record<string, readonly object[]>> {
  const { slack_webhook_url, telegram_bot_token, telegram_chat_id, telegram_api_url } = simple;
  const { ntfy_topic, ntfy_url, pagerduty_routing_key, webhook_url } = simple;
  const apiUrl = telegram_api_url === undefined ? {} : { api_url: telegram_api_url };
  return {
    slack_configs: slack_webhook_url === undefined ? [] : [{ api_url: slack_webhook_url, send_resolved: true }],
    telegram_configs:
      telegram_bot_token === undefined ? [] : [{ bot_token: telegram_bot_token, chat_id: telegram_chat_id, ...apiUrl }],
    ntfy_configs:
      ntfy_topic === undefined ? [] : [{ topic: ntfy_topic, ...(ntfy_url === undefined ? {} : { url: ntfy_url }) }],
    pagerduty_configs: pagerduty_routing_key === undefined ? [] : [{ routing_key: pagerduty_routing_key }],
    webhook_configs: webhook_url === undefined ? [] : [{ url: webhook_url }],
  };
}

/** What is wrong with a made-up key is said of the one in the file that it is from; of any other of its channel, of the first. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  slack_configs: { "": "slack_webhook_url" },
  telegram_configs: { "": "telegram_bot_token", chat_id: "telegram_chat_id", api_url: "telegram_api_url" },
  ntfy_configs: { "": "ntfy_topic", url: "ntfy_url" },
  pagerduty_configs: { "": "pagerduty_routing_key" },
  webhook_configs: { "": "webhook_url" },
};

function placesIn(places: ConfigPlaces): ConfigPlaces {
  const there = (path: Parameters<ConfigPlaces["placeOf"]>[0]): string[] => {
    const names = path.map((part) => NAMES[String(part)]).find((found) => found !== undefined);
    const last = String(path.at(-1));
    return ["notify", names?.[last] ?? names?.[""] ?? last];
  };
  return {
    file: places.file,
    placeOf: (path) => places.placeOf(there(path)),
    placeOfKey: (path) => places.placeOfKey(there(path)),
    nameOf: (path) => there(path).join("."),
  };
}

/** What says nothing without another. */
const NEEDS = [
  ["telegram_chat_id", "telegram_bot_token"],
  ["telegram_api_url", "telegram_bot_token"],
  ["ntfy_url", "ntfy_topic"],
] as const;

function checkWhole(simple: Simple, places: ConfigPlaces): void {
  for (const [key, needed] of NEEDS) {
    if (simple[key] === undefined || simple[needed] !== undefined) continue;
    throw faultAt(["notify", key], `${key} tells nobody without ${needed}`, `Set notify.${needed}`, places);
  }
}

function checkUrl(url: string, path: readonly PropertyKey[], places: ConfigPlaces): void {
  const parsed = URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === "") return;
  throw faultAt(
    path,
    `${JSON.stringify(url)} is no URL of an Alertmanager`,
    "Write it like http://127.0.0.1:9093",
    places,
  );
}

function faultAt(path: readonly PropertyKey[], message: string, hint: string, places: ConfigPlaces): ConfigError {
  const key = path.map(String).join(".");
  return new ConfigError("BAD_VALUE", message, { file: places.file, ...places.placeOf(path), key, hint });
}
