/**
 * What Haltwatch is to tell whom: Alertmanager's configuration, from its own file or from haltwatch.toml, where the same keys
 * are. What is wrong is an error with its place; what Alertmanager knows and Haltwatch does not is named, and left out.
 */
import { z } from "zod";
import type { InhibitRule } from "../inhibit/inhibitor.ts";
import { NotifyError, type NotifyErrorCode } from "../notify-error.ts";
import { Route } from "../routing/route.ts";
import type { TimeIntervals } from "../time-interval/muted-by.ts";
import { GLOBAL_DEFAULTS, GLOBAL_LEFT_OUT } from "./channel-keys.ts";
import { type ConfigPath, type ConfigPlaces, keyOf } from "./config-places.ts";
import { duration, optional } from "./config-values.ts";
import { withoutLiteralSecrets } from "./literal-secrets.ts";
import { nearest } from "./nearest.ts";
import { type ReceiverConfig, ReceiverReader } from "./receiver-config.ts";
import { INHIBIT_KEYS, inhibitRule, type PlacedRoute, ROUTE_KEYS, readRoute } from "./route-schema.ts";
import { INTERVAL_KEYS, NAMED_INTERVAL_KEYS, namedIntervals } from "./time-interval-schema.ts";
import { YamlSource } from "./yaml-source.ts";

export interface NotifyConfig {
  /** So long an alert from elsewhere is taken to fire that says no end and is not sent again, milliseconds. */
  readonly resolveTimeoutMs: number;
  readonly route: Route;
  /** By name, in the order they are written. */
  readonly receivers: ReadonlyMap<string, ReceiverConfig>;
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: TimeIntervals;
  /** What is left out, in no particular order. */
  readonly warnings: readonly NotifyWarning[];
}

/** Something of the configuration that Haltwatch leaves out. */
export interface NotifyWarning {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** Where it stands: `receivers[0].opsgenie_configs`. */
  readonly key: string;
  readonly message: string;
}

export interface NotifyConfigOptions {
  /**
   * What becomes of secrets that stand in the file: they are refused; or, for whoever wants to know of its routes only, left out,
   * and then nothing can be sent with the configuration.
   */
  readonly secrets: "refuse" | "ignore";
}

/**
 * Reads an existing alertmanager.yml.
 *
 * @param file its path, for errors
 * @throws {NotifyError} with file, line, column and key: `BAD_YAML`, `BAD_VALUE`, `UNKNOWN_KEY`, `LITERAL_SECRET`
 * @example const { route } = readAlertmanagerYml(text, "alertmanager.yml", { secrets: "ignore" });
 */
export function readAlertmanagerYml(yaml: string, file: string, options: NotifyConfigOptions): NotifyConfig {
  const source = new YamlSource(yaml, file);
  return new NotifyConfigReader(source, options).read(source.content, source.typed);
}

/**
 * Reads the same keys from plain values.
 *
 * @param where to find the place of each for errors
 * @throws {NotifyError} `BAD_VALUE`, `UNKNOWN_KEY`, `LITERAL_SECRET`
 */
export function readNotifyConfig(value: unknown, where: ConfigPlaces, options: NotifyConfigOptions): NotifyConfig {
  return new NotifyConfigReader(where, options).read(value, value);
}

const mapping = z.record(z.string(), z.unknown(), { error: "write keys and values here" });
const list = z.array(z.unknown(), { error: "write a list here" });

const topFields = z.strictObject({
  global: optional(mapping),
  route: optional(mapping),
  receivers: optional(list),
  inhibit_rules: optional(z.array(inhibitRule, { error: "write a list here" })),
  time_intervals: optional(z.array(namedIntervals, { error: "write a list here" })),
  mute_time_intervals: optional(z.array(namedIntervals, { error: "write a list here" })),
  templates: optional(list),
});

const timeout = optional(duration);

/** Which keys there are, by what they stand in. */
const KEYS: readonly (readonly [path: RegExp, keys: readonly string[]])[] = [
  [/^$/, Object.keys(topFields.shape)],
  [/^route(\.routes\[\d+\])*$/, ROUTE_KEYS],
  [/^inhibit_rules\[\d+\]$/, INHIBIT_KEYS],
  [/intervals\[\d+\]\.time_intervals\[\d+\]$/, INTERVAL_KEYS],
  [/intervals\[\d+\]$/, NAMED_INTERVAL_KEYS],
  [/\.times\[\d+\]$/, ["start_time", "end_time"]],
];

class NotifyConfigReader {
  readonly #where: ConfigPlaces;
  readonly #secrets: NotifyConfigOptions["secrets"];
  readonly #warnings: NotifyWarning[] = [];

  constructor(where: ConfigPlaces, { secrets }: NotifyConfigOptions) {
    this.#where = where;
    this.#secrets = secrets;
  }

  /** @param typed the same, with numbers and booleans as such, for channels */
  read(content: unknown, typed: unknown): NotifyConfig {
    const top = this.#check([], topFields, content ?? {});
    const typedTop = mapping.parse(typed ?? {});
    if (top.templates !== undefined && top.templates.length > 0)
      this.#warn(["templates"], "templates of your own are not used: Haltwatch writes its messages itself");
    const global = mapping.safeParse(this.#withoutSecrets(["global"], typedTop["global"])).data ?? {};
    this.#checkGlobal(global);
    const receivers = this.#receivers(this.#withoutSecrets(["receivers"], typedTop["receivers"] ?? []), global);
    const timeIntervals = this.#timeIntervals(top.mute_time_intervals ?? [], top.time_intervals ?? []);
    if (top.route === undefined) throw this.#fault([], "BAD_VALUE", "route is missing", "Add a route with a receiver");
    const route = readRoute((...given) => this.#check(...given), ["route"], top.route);
    this.#checkRoot(route);
    this.#checkNames(route, receivers, timeIntervals);
    return {
      resolveTimeoutMs: this.#check(["global", "resolve_timeout"], timeout, global["resolve_timeout"]) ?? 5 * 60_000,
      route: new Route(route.config),
      receivers,
      inhibitRules: top.inhibit_rules ?? [],
      timeIntervals,
      warnings: this.#warnings,
    };
  }

  #receivers(value: unknown, global: Readonly<Record<string, unknown>>): ReadonlyMap<string, ReceiverConfig> {
    const receivers = new Map<string, ReceiverConfig>();
    const reader = new ReceiverReader(global, {
      check: (...given) => this.#check(...given),
      warn: (...given) => this.#warn(...given),
      unknownKey: (...given) => this.#unknownKey(...given),
    });
    for (const [index, entry] of this.#check(["receivers"], list, value).entries()) {
      const receiver = reader.read(["receivers", index], this.#check(["receivers", index], mapping, entry));
      if (receivers.has(receiver.name)) throw this.#twice(["receivers", index, "name"], receiver.name);
      receivers.set(receiver.name, receiver);
    }
    return receivers;
  }

  #timeIntervals(...lists: readonly (readonly z.output<typeof namedIntervals>[])[]): TimeIntervals {
    const named = new Map<string, z.output<typeof namedIntervals>["intervals"]>();
    for (const [at, entries] of lists.entries()) {
      const key = at === 0 ? "mute_time_intervals" : "time_intervals";
      for (const [index, { name, intervals }] of entries.entries()) {
        if (name === "") throw this.#fault([key, index, "name"], "BAD_VALUE", "name is missing", "Give it a name");
        if (named.has(name)) throw this.#twice([key, index, "name"], name);
        named.set(name, intervals);
      }
    }
    return named;
  }

  #twice(path: ConfigPath, name: string): NotifyError {
    return this.#fault(path, "BAD_VALUE", `there is another one with the name ${JSON.stringify(name)}`, "Rename one");
  }

  #checkGlobal(global: Readonly<Record<string, unknown>>): void {
    const known = ["resolve_timeout", ...GLOBAL_DEFAULTS.keys(), ...GLOBAL_LEFT_OUT];
    for (const key of Object.keys(global)) {
      if (!known.includes(key)) throw this.#unknownKey(["global", key], known);
    }
  }

  /** What the root, which takes every alert, cannot have. */
  #checkRoot({ path, config }: PlacedRoute): void {
    const wrong = (key: string, fault: string) =>
      this.#fault([...path, key], "BAD_VALUE", fault, "Move it to a route below");
    if (config.receiver === undefined) {
      const hint = "Add receiver: with the name of one of the receivers";
      throw this.#fault(path, "BAD_VALUE", "root route must specify a default receiver", hint);
    }
    if (config.matchers.length > 0) throw wrong("matchers", "root route must not have any matchers");
    if (config.continue) throw wrong("continue", "cannot have continue in root route");
    if (config.muteTimeIntervals.length > 0)
      throw wrong("mute_time_intervals", "root route must not have any mute time intervals");
    if (config.activeTimeIntervals.length > 0)
      throw wrong("active_time_intervals", "root route must not have any active time intervals");
  }

  #checkNames(
    { path, config, routes }: PlacedRoute,
    receivers: ReadonlyMap<string, unknown>,
    intervals: ReadonlyMap<string, unknown>,
  ): void {
    const { receiver } = config;
    if (receiver !== undefined) this.#checkName([...path, "receiver"], receiver, receivers, "receiver");
    for (const [index, name] of config.muteTimeIntervals.entries())
      this.#checkName([...path, "mute_time_intervals", index], name, intervals, "time interval");
    for (const [index, name] of config.activeTimeIntervals.entries())
      this.#checkName([...path, "active_time_intervals", index], name, intervals, "time interval");
    for (const route of routes) this.#checkNames(route, receivers, intervals);
  }

  #checkName(path: ConfigPath, name: string, known: ReadonlyMap<string, unknown>, what: string): void {
    if (known.has(name)) return;
    const near = nearest(name, known.keys());
    const hint = near === undefined ? `Define it among the ${what}s` : `Did you mean ${JSON.stringify(near)}?`;
    throw this.#fault(path, "BAD_VALUE", `undefined ${what} ${JSON.stringify(name)} used in route`, hint);
  }

  #withoutSecrets(path: ConfigPath, value: unknown): unknown {
    return withoutLiteralSecrets(value, (found) => this.#foundSecret(found), path);
  }

  #foundSecret(path: ConfigPath): void {
    if (this.#secrets === "ignore") return;
    const fault = `${this.#nameOf(path) ?? String(path.at(-1))} holds a literal secret, and secrets do not belong in a file`;
    const hint = "Keep it elsewhere, and write keyring:NAME, env:NAME, file:PATH or credential:NAME here";
    throw this.#fault(path, "LITERAL_SECRET", fault, hint);
  }

  #check<T extends z.ZodType>(path: ConfigPath, type: T, value: unknown): z.output<T> {
    const parsed = type.safeParse(value);
    if (parsed.success) return parsed.data;
    // The first in the file: the others are often its consequences.
    const faults = parsed.error.issues.map((issue) => this.#faultOf(path, issue));
    faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
    throw faults[0];
  }

  #faultOf(path: ConfigPath, issue: z.core.$ZodIssue): NotifyError {
    const at = [...path, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      const [, known = []] = KEYS.find(([pattern]) => pattern.test(keyOf(at))) ?? [];
      return this.#unknownKey([...at, issue.keys[0] ?? ""], known);
    }
    const last = at.findLast((part) => typeof part === "string");
    const key = this.#nameOf(at) ?? String(last ?? "the configuration");
    const isMissing = issue.code === "invalid_type" && issue.input === undefined && issue.path.length > 0;
    return this.#fault(at, "BAD_VALUE", isMissing ? `${key} is missing` : `${key}: ${issue.message}`, "Mend it there");
  }

  #unknownKey(path: ConfigPath, known: readonly string[]): NotifyError {
    const key = String(path.at(-1));
    const near = nearest(key, known);
    const others = known.length === 0 ? "Leave it out" : `Known are ${known.join(", ")}`;
    const hint = near === undefined ? others : `Did you mean ${JSON.stringify(near)}?`;
    const fault = `unknown key ${JSON.stringify(key)}`;
    return this.#fault(path, "UNKNOWN_KEY", fault, hint, this.#where.placeOfKey(path));
  }

  #warn(path: ConfigPath, message: string): void {
    this.#warnings.push({ file: this.#where.file, ...this.#where.placeOfKey(path), key: this.#keyOf(path), message });
  }

  #fault(
    path: ConfigPath,
    code: NotifyErrorCode,
    message: string,
    hint: string,
    place = this.#where.placeOf(path),
  ): NotifyError {
    return new NotifyError(code, message, { file: this.#where.file, ...place, key: this.#keyOf(path), hint });
  }

  #nameOf(path: ConfigPath): string | undefined {
    return this.#where.nameOf?.(path);
  }

  #keyOf(path: ConfigPath): string {
    return this.#nameOf(path) ?? keyOf(path);
  }
}
