/** The routing tree: which receivers are told of an alert, and when. Source: Alertmanager, dispatch/route.go. */
import type { LabelMatcher, Labels } from "@haltwatch/store/labels";
import { goQuote } from "./go-quote.ts";
import { Matchers } from "./matcher.ts";

/** A node as it is configured; what is left out is the parent's. */
export interface RouteConfig {
  readonly receiver?: string | undefined;
  /** Label names; `"..."` for all. An empty list is the parent's, too. */
  readonly groupBy?: readonly string[] | undefined;
  readonly matchers: readonly LabelMatcher[];
  /** Whether routes beside it are tried, too, after this one has matched. */
  readonly continue: boolean;
  readonly groupWaitMs?: number | undefined;
  readonly groupIntervalMs?: number | undefined;
  readonly repeatIntervalMs?: number | undefined;
  /** These are not inherited. */
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly RouteConfig[];
}

/** What is inherited, and what the root has where nothing is configured. */
export interface RouteOptions {
  readonly receiver: string;
  readonly groupBy: ReadonlySet<string> | "all";
  /** How long the first notification of a group waits for more alerts. */
  readonly groupWaitMs: number;
  /** How long until changes of a group are told. */
  readonly groupIntervalMs: number;
  /** How long until what has not changed is told again. */
  readonly repeatIntervalMs: number;
}

const DEFAULT_OPTIONS: RouteOptions = {
  receiver: "",
  groupBy: new Set(),
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
};

export class Route {
  readonly options: RouteOptions;
  readonly matchers: Matchers;
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly Route[];
  /** The matchers from the root down, `{}/{team="a"}`: the same for routes that match by the same. */
  readonly key: string;
  /** No other route's. */
  readonly id: string;

  constructor(config: RouteConfig, parent?: Route, index = 0) {
    this.options = optionsOf(config, parent?.options ?? DEFAULT_OPTIONS);
    this.matchers = Matchers.sorted(config.matchers);
    this.continue = config.continue;
    this.muteTimeIntervals = config.muteTimeIntervals;
    this.activeTimeIntervals = config.activeTimeIntervals;
    this.key = parent === undefined ? `${this.matchers}` : `${parent.key}/${this.matchers}`;
    this.id = parent === undefined ? this.key : `${parent.id}/${this.matchers}/${index}`;
    this.routes = config.routes.map((child, at) => new Route(child, this, at));
  }

  /** Depth first, in the order they are written; none if this route itself does not match. */
  match(labels: Labels): Route[] {
    if (!this.matchers.matches(labels)) return [];
    const all: Route[] = [];
    for (const child of this.routes) {
      const matched = child.match(labels);
      all.push(...matched);
      if (matched.length > 0 && !child.continue) break;
    }
    return all.length === 0 ? [this] : all;
  }

  groupLabels(labels: Labels): Labels {
    const { groupBy } = this.options;
    return groupBy === "all" ? labels : labels.keep(groupBy);
  }

  /** `{}/{severity="critical"}:{alertname="x"}` */
  groupKey(groupLabels: Labels): string {
    const pairs = [...groupLabels].map(([name, value]) => `${name}=${goQuote(value)}`);
    return `${this.key}:{${pairs.join(", ")}}`;
  }

  /** Itself and all below it. */
  *walk(): Generator<Route> {
    yield this;
    for (const child of this.routes) yield* child.walk();
  }
}

function optionsOf(config: RouteConfig, inherited: RouteOptions): RouteOptions {
  const { receiver, groupBy = [], groupWaitMs, groupIntervalMs, repeatIntervalMs } = config;
  const ownGroupBy = groupBy.length === 0 ? undefined : groupBy[0] === "..." ? "all" : new Set(groupBy);
  return {
    receiver: receiver ?? inherited.receiver,
    groupBy: ownGroupBy ?? inherited.groupBy,
    groupWaitMs: groupWaitMs ?? inherited.groupWaitMs,
    groupIntervalMs: groupIntervalMs ?? inherited.groupIntervalMs,
    repeatIntervalMs: repeatIntervalMs ?? inherited.repeatIntervalMs,
  };
}
