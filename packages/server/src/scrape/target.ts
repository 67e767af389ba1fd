/** One thing that is scraped: its labels and where it is. Source: Prometheus 3, scrape/target.go. */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { formatDuration, parseDuration } from "@haltwatch/promql";
import { Labels } from "@haltwatch/store";
import type { Relabelling } from "./relabel.ts";
import { ScrapeError } from "./scrape-error.ts";
import type { ScrapeJob } from "./scrape-job.ts";

const ADDRESS = "__address__";
const SCHEME = "__scheme__";
const METRICS_PATH = "__metrics_path__";
const INTERVAL = "__scrape_interval__";
const TIMEOUT = "__scrape_timeout__";
const PARAM_PREFIX = "__param_";
const META_PREFIX = "__meta_";
const RESERVED_PREFIX = "__";

/** A target to scrape. Immutable. */
export class Target {
  /** As discovery found it, before relabelling. */
  readonly discoveredLabels: Labels;
  /** What all its series have. */
  readonly labels: Labels;
  readonly url: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** The same for the same target, also after a restart; 64 hexadecimal digits. */
  readonly hash: string;

  constructor(discovered: Labels, relabelled: Labels, params: Readonly<Record<string, readonly string[]>> = {}) {
    this.discoveredLabels = discovered;
    this.labels = Labels.from([...relabelled].filter(([name]) => !name.startsWith(RESERVED_PREFIX)));
    this.url = urlOf(relabelled, params);
    [this.intervalMs, this.timeoutMs] = timesOf(relabelled);
    this.hash = createHash("sha256").update(`${relabelled.key}\0${this.url}`).digest("hex");
  }

  /**
   * How long after each multiple of the interval it is scraped, milliseconds: targets are spread over it, and a target keeps
   * its place.
   *
   * @param seed differs from server to server, so that several do not scrape at the same moment
   */
  phaseMs(seed = ""): number {
    const hash = seed === "" ? this.hash : createHash("sha256").update(`${seed}${this.hash}`).digest("hex");
    return Number.parseInt(hash.slice(0, 12), 16) % this.intervalMs;
  }

  /** Its URL as others on the network reach it. Source: web/api/v1/api.go (`getGlobalURL`). */
  get globalUrl(): string {
    const url = new URL(this.url);
    if (!["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) return this.url;
    url.hostname = hostname();
    return shown(url);
  }
}

/** What becomes of something that was discovered. */
export type Discovered =
  | { readonly kind: "target"; readonly target: Target }
  | { readonly kind: "dropped"; readonly discoveredLabels: Labels }
  | { readonly kind: "bad"; readonly discoveredLabels: Labels; readonly error: ScrapeError };

/**
 * Adds the job's own labels, relabels, and checks.
 *
 * @param address as in a group's `targets`
 * @param groupLabels what all of the group have
 */
export function discover(
  address: string,
  groupLabels: Readonly<Record<string, string>>,
  job: ScrapeJob,
  relabelling: Relabelling,
): Discovered {
  const labels = new Map(Object.entries({ ...groupLabels, [ADDRESS]: address }));
  for (const [name, value] of jobLabels(job)) if ((labels.get(name) ?? "") === "") labels.set(name, value);
  const discoveredLabels = Labels.from(labels);
  const kept = new Map(discoveredLabels);
  if (!relabelling.applyTo(kept)) return { kind: "dropped", discoveredLabels };
  const fault = faultOf(kept);
  if (fault !== undefined) {
    const hint = `Mend the target ${JSON.stringify(address)} of job ${JSON.stringify(job.job_name)}, or what relabels it`;
    return { kind: "bad", discoveredLabels, error: new ScrapeError("BAD_TARGET", fault, hint) };
  }
  for (const name of [...kept.keys()]) if (name.startsWith(META_PREFIX)) kept.delete(name);
  if (!kept.has("instance")) kept.set("instance", kept.get(ADDRESS) ?? "");
  return { kind: "target", target: new Target(discoveredLabels, Labels.from(kept), job.params) };
}

function* jobLabels(job: ScrapeJob): Generator<readonly [name: string, value: string]> {
  yield ["job", job.job_name];
  yield [INTERVAL, formatDuration(job.scrape_interval)];
  yield [TIMEOUT, formatDuration(job.scrape_timeout)];
  yield [METRICS_PATH, job.metrics_path];
  yield [SCHEME, job.scheme];
  for (const [name, [first]] of Object.entries(job.params ?? {})) {
    if (first !== undefined) yield [`${PARAM_PREFIX}${name}`, first];
  }
}

function faultOf(labels: ReadonlyMap<string, string>): string | undefined {
  const address = labels.get(ADDRESS) ?? "";
  if (address === "") return "the target has no address";
  if (address.includes("/")) return `${JSON.stringify(address)} is no host:port: the path goes to metrics_path`;
  const interval = parseDuration(labels.get(INTERVAL) ?? "");
  const timeout = parseDuration(labels.get(TIMEOUT) ?? "");
  if (interval === undefined || interval === 0) return `its scrape interval "${labels.get(INTERVAL)}" is none`;
  if (timeout === undefined || timeout === 0) return `its scrape timeout "${labels.get(TIMEOUT)}" is none`;
  if (timeout > interval) return `its scrape timeout ${labels.get(TIMEOUT)} is longer than its interval`;
  const scheme = labels.get(SCHEME) ?? "";
  if (scheme !== "http" && scheme !== "https") return `its scheme "${scheme}" is neither http nor https`;
  return URL.canParse(`${scheme}://${address}`) ? undefined : `${JSON.stringify(address)} is no host:port`;
}

/** Of labels that were checked. */
function timesOf(labels: Labels): [intervalMs: number, timeoutMs: number] {
  return [parseDuration(labels.get(INTERVAL)) ?? Number.NaN, parseDuration(labels.get(TIMEOUT)) ?? Number.NaN];
}

function urlOf(labels: Labels, params: Readonly<Record<string, readonly string[]>>): string {
  const url = new URL(`${labels.get(SCHEME)}://${labels.get(ADDRESS)}`);
  url.pathname = labels.get(METRICS_PATH);
  const all = new Map(Object.entries(params).map(([name, values]) => [name, [...values]]));
  for (const [label, value] of labels) {
    if (!label.startsWith(PARAM_PREFIX)) continue;
    const name = label.slice(PARAM_PREFIX.length);
    all.set(name, [value, ...(all.get(name) ?? []).slice(1)]);
  }
  for (const name of [...all.keys()].sort()) {
    for (const value of all.get(name) ?? []) url.searchParams.append(name, value);
  }
  return shown(url, labels.get(ADDRESS));
}

/** With the port that was written, though it may be the scheme's own. */
function shown(url: URL, address?: string): string {
  return address === undefined ? url.href : `${url.protocol}//${address}${url.pathname}${url.search}`;
}
