/**
 * What is measured: each operation makes its metric, and gives a loop of {@link CALLS} calls. The loops stand apart, so that
 * each is compiled for one call only, as it is in a bot.
 */
import type { PromClientApi } from "../prom-client-api.ts";
import { PAIRS, VALUES, VENUES } from "./rotating.ts";

/** Calls in one loop. */
export const CALLS = 1024;

/** `bound`: the series is looked up once and kept. `lookup`: by its labels, at each call. */
export type OperationKind = "unlabelled" | "bound" | "lookup";

export interface Operation {
  readonly name: string;
  readonly kind: OperationKind;
  /** The loop, for prom-client, its forks and ours. */
  readonly loop: (client: PromClientApi) => () => void;
}

export const OPERATIONS: readonly Operation[] = [
  {
    name: "counter.inc()",
    kind: "unlabelled",
    loop: ({ Counter, Registry }) => {
      const counter = new Counter({ name: "scans_total", help: "h", registers: [new Registry()] });
      return () => {
        for (let i = 0; i < CALLS; i++) counter.inc();
      };
    },
  },
  {
    name: "bound counter.inc()",
    kind: "bound",
    loop: (client) => {
      const child = venueCounter(client).labels("cex");
      return () => {
        for (let i = 0; i < CALLS; i++) child.inc();
      };
    },
  },
  {
    name: "bound counter.inc(), eight in turn",
    kind: "bound",
    loop: (client) => {
      const counter = venueCounter(client);
      const children = VENUES.map((venue) => counter.labels(venue));
      return () => {
        for (let i = 0; i < CALLS; i++) children[i & 7]?.inc();
      };
    },
  },
  {
    name: "bound gauge.set(v)",
    kind: "bound",
    loop: ({ Gauge, Registry }) => {
      const gauge = new Gauge({ name: "spread_bps", help: "h", labelNames: ["venue"], registers: [new Registry()] });
      const child = gauge.labels("cex");
      return () => {
        for (let i = 0; i < CALLS; i++) child.set(VALUES[i & 1023] ?? 0);
      };
    },
  },
  {
    name: "bound histogram.observe(v)",
    kind: "bound",
    loop: (client) => {
      const child = latencyHistogram(client).labels("scanner");
      return () => {
        for (let i = 0; i < CALLS; i++) child.observe(VALUES[i & 1023] ?? 0);
      };
    },
  },
  {
    name: "counter.labels('cex').inc()",
    kind: "lookup",
    loop: (client) => {
      const counter = venueCounter(client);
      return () => {
        for (let i = 0; i < CALLS; i++) counter.labels("cex").inc();
      };
    },
  },
  {
    name: "counter.inc({venue: 'cex'})",
    kind: "lookup",
    loop: (client) => {
      const counter = venueCounter(client);
      return () => {
        for (let i = 0; i < CALLS; i++) counter.inc({ venue: "cex" });
      };
    },
  },
  {
    name: "counter.labels(a, b).inc(), eight in turn",
    kind: "lookup",
    loop: (client) => {
      const counter = sideCounter(client);
      return () => {
        for (let i = 0; i < CALLS; i++) {
          const { venue, side } = pair(i);
          counter.labels(venue, side).inc();
        }
      };
    },
  },
  {
    name: "counter.inc({a, b}), eight in turn",
    kind: "lookup",
    loop: (client) => {
      const counter = sideCounter(client);
      return () => {
        for (let i = 0; i < CALLS; i++) {
          const { venue, side } = pair(i);
          counter.inc({ venue, side });
        }
      };
    },
  },
  {
    name: "histogram.labels('scanner').observe(v)",
    kind: "lookup",
    loop: (client) => {
      const histogram = latencyHistogram(client);
      return () => {
        for (let i = 0; i < CALLS; i++) histogram.labels("scanner").observe(VALUES[i & 1023] ?? 0);
      };
    },
  },
  {
    name: "histogram.observe({metric}, v)",
    kind: "lookup",
    loop: (client) => {
      const histogram = latencyHistogram(client);
      return () => {
        for (let i = 0; i < CALLS; i++) histogram.observe({ metric: "scanner" }, VALUES[i & 1023] ?? 0);
      };
    },
  },
];

/** The inputs that rotate, without a call: what the loops themselves cost. */
export function emptyLoop(): () => number {
  return () => {
    let sum = 0;
    for (let i = 0; i < CALLS; i++) sum += VALUES[i & 1023] ?? 0;
    return sum; // used, so that the loop is not taken out
  };
}

function pair(i: number): { readonly venue: string; readonly side: string } {
  return PAIRS[i & 7] as (typeof PAIRS)[number]; // there are eight
}

function venueCounter({ Counter, Registry }: PromClientApi) {
  return new Counter({ name: "orders_total", help: "h", labelNames: ["venue"], registers: [new Registry()] });
}

function sideCounter({ Counter, Registry }: PromClientApi) {
  return new Counter({ name: "fills_total", help: "h", labelNames: ["venue", "side"], registers: [new Registry()] });
}

function latencyHistogram({ Histogram, Registry }: PromClientApi) {
  return new Histogram({
    name: "latency_seconds",
    help: "h",
    labelNames: ["metric"],
    registers: [new Registry()],
  });
}
