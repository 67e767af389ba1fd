/** Every value of a configuration as a line of text with its source, secrets hidden; and what differs between two. */
import { formatDuration } from "@haltwatch/promql";
import type { Origin } from "./config-source.ts";
import type { ServerConfig } from "./server-config.ts";

export interface ConfigValue {
  /** `web.listen`, `thresholds.exec.fill_ratio_min`, `scrape_configs[0].job_name` */
  readonly key: string;
  /** As people write it. */
  readonly text: string;
  readonly origin: Origin;
}

/** One key whose values differ; `undefined` where it is not there. */
export interface ConfigDifference {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const HIDDEN = "<hidden>";

/** Values of these keys are shown only if they say where the secret is kept. */
const SECRET =
  /(?:^|[._])(?:password|credentials|bearer_token|token|secret|webhook|webhook_url|api_key|authorization)$/i;

/** A password within an address: `https://me:password@host`. */
const PASSWORD_IN_URL = /(:\/\/[^/\s:@"]*:)[^@/\s"]+@/g;

const URL_IN_TEXT = /https?:\/\/[^\s"]+/g;

/** A part of an address that is long and has a digit in it: providers of nodes have their customers' keys there. */
const KEY_IN_URL = /([/=])(?=[^/?&#=]*\d)[\w.~%+-]{16,}(?=[/?&#]|$)/g;

const REFERENCE = /^(?:env|file|credential|keyring):/;

/** Keys whose numbers are milliseconds. */
const DURATION = /(?:^|[._])(?:interval|timeout|retention|duration|wait|delay|grace)$/;

export type ShownConfig = Pick<ServerConfig, "shown" | "thresholds" | "settings" | "originOf">;

/** In the order of their keys. */
export function configValues({ shown, thresholds, settings, originOf }: ShownConfig): readonly ConfigValue[] {
  const values: unknown = JSON.parse(shown);
  const known = new Map(
    [
      ...thresholds.map(({ name, value, unit, origin }) => ({
        key: `thresholds.${name}`,
        text: unit === "" ? String(value) : `${value} ${unit}`,
        origin,
      })),
      ...settings.map(({ name, value, origin }) => ({ key: `settings.${name}`, text: JSON.stringify(value), origin })),
    ].map((value) => [value.key, value]),
  );
  return [...leaves(values, "")]
    .map(([key, value]) => known.get(key) ?? { key, text: textOf(key, value), origin: originOf(key) })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** In the order of their keys; empty if they say the same. */
export function configDifferences(before: ShownConfig, after: ShownConfig): readonly ConfigDifference[] {
  return differences(textsByKey(before), textsByKey(after));
}

/** The whole as JSON, secrets hidden in the same way: what Prometheus's `/api/v1/status/config` shows. */
export function configWithoutSecrets({ shown }: Pick<ShownConfig, "shown">): string {
  return JSON.stringify(JSON.parse(shown), (key, value: unknown) => {
    if (typeof value !== "string") return value;
    return isSecret(key, value) ? HIDDEN : withoutUrlSecrets(value);
  });
}

/** Texts by key, as {@link configValues} gives them. */
export function textsByKey(config: ShownConfig): ReadonlyMap<string, string> {
  return new Map(configValues(config).map(({ key, text }) => [key, text]));
}

export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ConfigDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
    .filter((one) => one.before !== one.after);
}

function* leaves(value: unknown, key: string): Generator<readonly [key: string, value: unknown]> {
  if (Array.isArray(value) && value.some((one) => typeof one === "object")) {
    for (const [index, one] of value.entries()) yield* leaves(one, `${key}[${index}]`);
  } else if (typeof value === "object" && value !== null && !Array.isArray(value) && !isReference(value)) {
    for (const [name, one] of Object.entries(value)) yield* leaves(one, key === "" ? name : `${key}.${name}`);
  } else if (value !== null) {
    yield [key, value];
  }
}

/** What says where a secret is kept. */
function isReference(
  value: object,
): value is { readonly kind: string; readonly name?: string; readonly path?: string } {
  const { kind } = value as { readonly kind?: unknown };
  return kind === "env" || kind === "file" || kind === "credential" || kind === "keyring";
}

function textOf(key: string, value: unknown): string {
  if (typeof value === "object" && value !== null && isReference(value))
    return JSON.stringify(`${value.kind}:${value.name ?? value.path ?? ""}`);
  if (isSecret(key, value)) return HIDDEN;
  if (typeof value === "number" && DURATION.test(key)) return formatDuration(value);
  return withoutUrlSecrets(JSON.stringify(value));
}

function isSecret(key: string, value: unknown): boolean {
  return SECRET.test(key) && !REFERENCE.test(String(value));
}

function withoutUrlSecrets(text: string): string {
  return text.replaceAll(PASSWORD_IN_URL, `$1${HIDDEN}@`).replaceAll(URL_IN_TEXT, withoutKeys);
}

/** Its host stays, whatever it is called. */
function withoutKeys(url: string): string {
  const [, origin = "", rest = ""] = /^(https?:\/\/[^/?#]*)(.*)$/.exec(url) ?? [];
  return `${origin}${rest.replaceAll(KEY_IN_URL, `$1${HIDDEN}`)}`;
}
