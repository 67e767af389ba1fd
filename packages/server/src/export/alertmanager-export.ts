/**
 * The configuration of a real Alertmanager that tells the same people, and is a kill switch: what has the label `action` goes to
 * Haltwatch's webhook at once.
 */
import type { ServerConfig } from "../config/server-config.ts";
import { parseSecretReference } from "../secrets/index.ts";
import type { ExportPlaces } from "./export-places.ts";
import { type ExportedFile, yamlFile } from "./exported-file.ts";
import { haltwatchAddress, tlsConfig } from "./haltwatch-address.ts";
import { slug } from "./scrape-job-keys.ts";

export interface AlertmanagerExportOptions {
  /** `none`: people are told by Haltwatch alone, and Alertmanager is the kill switch only. */
  readonly receivers: "all" | "none";
}

/** The name of the file that the control token is in. */
export const CONTROL_TOKEN = "haltwatch-control-token";

/** What the label `action` says of alerts that pause. */
const ACTIONS = "pause|reduce|halt";

const KILL_SWITCH = "haltwatch-kill-switch";
const NOBODY = "nobody";

/** Channels of Haltwatch's that Alertmanager does not send to. */
const OWN_CHANNELS: Readonly<Record<string, string>> = {
  ntfy_configs: "Alertmanager does not send to ntfy",
  log_configs: "the log is Haltwatch's own",
};

type Keys = Readonly<Record<string, unknown>>;

export function alertmanagerFiles(
  config: ServerConfig,
  places: ExportPlaces,
  { receivers }: AlertmanagerExportOptions,
): { readonly files: readonly ExportedFile[]; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const written = receivers === "all" ? config.notifying.written : NOBODY_TOLD;
  const { route, receivers: people, global, templates, inhibit_rules: inhibitions, ...rest } = written;
  const told = (Array.isArray(people) ? people : []).map((one: Keys) =>
    receiverKeys(withChatIds(one), places, warnings),
  );
  const content = {
    ...(isKeys(global) ? { global: withSecretFiles(global, "global", places) } : {}),
    ...(Array.isArray(templates) ? { templates: templates.map((path) => places.file(String(path))) } : {}),
    route: {
      // Whoever is told of nothing else: the route below matches all.
      receiver: isKeys(route) ? route["receiver"] : NOBODY,
      routes: [
        {
          receiver: KILL_SWITCH,
          matchers: [`action=~"${ACTIONS}"`],
          // Each alert for itself, and none waits for another.
          ...{ group_by: ["..."], group_wait: "0s", group_interval: "1s", repeat_interval: "1m" },
          continue: true,
        },
        route,
      ],
    },
    receivers: [killSwitch(config, places), ...told],
    ...(Array.isArray(inhibitions) ? { inhibit_rules: inhibitions.map(sparingPauses) } : {}),
    ...rest,
  };
  const note =
    "The first route is the kill switch: alerts with the label action go to Haltwatch, which pauses.\nThe second one is who is told, as haltwatch.toml says it.";
  return { files: [yamlFile("alertmanager.yml", content, note)], warnings };
}

/**
 * Inhibition is about telling people, and Haltwatch pauses whatever it says. Alertmanager knows one way only: an alert that is
 * inhibited would not reach the kill switch.
 */
function sparingPauses(rule: Keys): Keys {
  const { target_matchers: targets } = rule;
  return { ...rule, target_matchers: [...(Array.isArray(targets) ? targets : []), `action!~"${ACTIONS}"`] };
}

const NOBODY_TOLD: Keys = { route: { receiver: NOBODY }, receivers: [{ name: NOBODY }] };

function killSwitch(config: ServerConfig, places: ExportPlaces): Keys {
  const { scheme, host } = haltwatchAddress(config);
  const token = places.secret(
    config.web.control_token,
    CONTROL_TOKEN,
    "the token with which Haltwatch is told to pause",
  );
  return {
    name: KILL_SWITCH,
    webhook_configs: [
      {
        url: `${scheme}://${host}/api/haltwatch/alertmanager`,
        send_resolved: true,
        http_config: {
          authorization: { type: "Bearer", credentials_file: token },
          follow_redirects: false,
          ...tlsConfig(config, places),
        },
      },
    ],
  };
}

function receiverKeys(receiver: Keys, places: ExportPlaces, warnings: string[]): Keys {
  const name = String(receiver["name"]);
  const channels = Object.entries(receiver).flatMap(([key, value]) => {
    const why = OWN_CHANNELS[key];
    if (why !== undefined) warnings.push(`${key} of ${name} are left out: ${why}`);
    if (key === "name" || why !== undefined) return [];
    const list: readonly Keys[] = Array.isArray(value) ? value : [value];
    const sent = list.flatMap((one, index) => {
      const channel = `${name}-${key.replace("_configs", "")}-${index}`;
      if (hasNumberedChat(one)) return [withSecretFiles(one, channel, places)];
      warnings.push(`${key}[${index}] of ${name} is left out: Alertmanager wants the chat's number, not its name`);
      return [];
    });
    return [[key, sent]];
  });
  return { name, ...Object.fromEntries(channels) };
}

/** `chat`, Haltwatch's own name of the key, as Alertmanager calls it; a number that is written as text, as a number. */
function withChatIds(receiver: Keys): Keys {
  const { telegram_configs: chats, ...rest } = receiver;
  if (!Array.isArray(chats)) return receiver;
  const named = chats.map(({ chat, ...one }: Keys) => {
    const id = one["chat_id"] ?? chat;
    return { ...one, chat_id: /^-?\d+$/.test(String(id)) ? Number(id) : id };
  });
  return { ...rest, telegram_configs: named };
}

/** What is no chat has no name either. */
function hasNumberedChat({ chat_id: chat }: Keys): boolean {
  return chat === undefined || Number.isInteger(chat);
}

/** Secrets by file, however deep: `api_url = "keyring:slack"` is `api_url_file` there. */
function withSecretFiles(keys: Keys, name: string, places: ExportPlaces): Keys {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => {
      if (isKeys(value)) return [key, withSecretFiles(value, name, places)];
      if (key === "secrets" && Array.isArray(value)) return ["files", secretList(value, name, places)];
      if (typeof value !== "string") return [key, value];
      const fileName = `notify-${slug(name)}-${slug(key.replace(/_file$/, ""))}`;
      if (key.endsWith("_file")) return [key, places.secret(`file:${value}`, fileName, `${key} of ${name}`)];
      if (parseSecretReference(value) === undefined) return [key, value];
      return [`${key}_file`, places.secret(value, fileName, `${key} of ${name}`)];
    }),
  );
}

/** Of a header: `secrets` are texts there, and files are what we have. */
function secretList(references: readonly unknown[], name: string, places: ExportPlaces): string[] {
  return references.map((reference, index) => {
    return places.secret(String(reference), `notify-${slug(name)}-header-${index}`, `a header of ${name}`);
  });
}

function isKeys(value: unknown): value is Keys {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
