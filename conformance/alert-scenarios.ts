/**
 * Ten scripted targets with the rules on them: what each exposes follows from a seed and the time since the start. Whatever
 * changes stays as it is for three seconds at least, and no condition lasts about as long as a rule's `for`: two servers that
 * look once a second, each at its own moment, then must see the same.
 */
import { Phases, Random } from "./phases.ts";

export interface AlertScenario {
  readonly name: string;
  /** Rules in Prometheus's form; their selectors have no need of `job`. */
  readonly rules: readonly object[];
  /** Alerts whose value depends on the moment of the scrape: rates. */
  readonly inexact?: readonly string[];
  /** What is exposed so many seconds after the start, or nothing if the target is dead. Quiet below zero and after the end. */
  readonly exposition: (seconds: number) => string | undefined;
}

/** The `for` of rules that have one, seconds. */
const FOR_S = 5;

/** Shorter than `for` by far, and longer. */
const SHORT = [3] as const;
const LONG = [9, 10, 12] as const;
const ANY = [...SHORT, ...LONG] as const;

/** @param endS when all is over, seconds after the start */
export function alertScenarios(seed: number, endS: number): readonly AlertScenario[] {
  const makers = [flapping, resets, restarts, vanishing, dying, churn, waiting, recorded, templated, mixed];
  return makers.map((make, index) => make(new Random(seed * 1000 + index), endS));
}

function flapping(random: Random, endS: number): AlertScenario {
  const depth = new Phases(random, endS, 0, [11, 25, 1234.5], SHORT);
  const ask = new Phases(random, endS, 0, [11, 25, 1e9, Number.POSITIVE_INFINITY], ANY);
  const alert = (name: string, expr: string, more: object = {}) => ({
    alert: name,
    expr,
    annotations: { is: "{{ $labels.side }} is {{ $value }}, {{ humanize $value }}" },
    ...more,
  });
  return {
    name: "flapping values",
    rules: [
      alert("FlapAny", "flap_depth > 10", { labels: { severity: "warning" } }),
      alert("FlapHigh", "flap_depth > 20", { labels: { severity: "critical", level: "{{ $value }}" } }),
      alert("FlapWaits", "flap_depth > 10", { for: `${FOR_S}s` }),
      alert("FlapGoesOn", "flap_depth > 10", { keep_firing_for: `${FOR_S}s` }),
    ],
    exposition: (s) => `flap_depth{side="bid"} ${depth.at(s)}\nflap_depth{side="ask"} ${number(ask.at(s))}\n`,
  };
}

function resets(random: Random, endS: number): AlertScenario {
  const busy = new Phases(random, endS, false, [true], LONG);
  return {
    name: "counter resets",
    rules: [
      { alert: "OrdersReset", expr: "resets(reset_orders_total[4s]) > 0", annotations: { who: "{{ $labels.bot }}" } },
      { alert: "OrdersBusy", expr: "rate(reset_orders_total[5s]) > 5", annotations: { who: "{{ $labels.bot }}" } },
      { alert: "OrdersBusyLong", expr: "increase(reset_orders_total[5s]) > 20", for: `${FOR_S - 1}s` },
    ],
    inexact: ["OrdersReset", "OrdersBusy", "OrdersBusyLong"],
    // Each busy phase begins with a reset: from far above, or from where the last one left it, to zero. Orders come in its first
    // seconds only: until the next there are eight without, three more than the rules look back.
    exposition(s) {
      const orders = busy.begun(s) === 0 ? 100_000 : Math.floor(50 * Math.min(busy.sinceBegin(s), 4));
      return `# TYPE reset_orders_total counter\nreset_orders_total{bot="a"} ${orders}\n`;
    },
  };
}

function restarts(random: Random, endS: number): AlertScenario {
  const down = new Phases(random, endS, false, [true], SHORT);
  return {
    name: "target restarts",
    rules: [
      { alert: "Restarted", expr: "changes(restart_start_seconds[12s]) > 0", annotations: { at: "{{ $labels.job }}" } },
      { alert: "JustStarted", expr: "restart_age_phase == 1", for: `${FOR_S}s`, annotations: { n: "{{ $value }}" } },
      { alert: "NoOrders", expr: "restart_orders_total == 0", labels: { n: "{{ $labels.run }}" } },
    ],
    inexact: ["Restarted"],
    exposition(s) {
      if (down.at(s)) return undefined;
      const run = down.begun(s);
      const isYoung = run > 0 && down.sinceBegin(s) < SHORT[0] + LONG[0];
      return [
        `restart_start_seconds ${1000 + run}`,
        `restart_age_phase ${isYoung ? 1 : 0}`,
        `restart_orders_total{run="${run}"} ${isYoung ? 0 : 7}`,
        "",
      ].join("\n");
    },
  };
}

function vanishing(random: Random, endS: number): AlertScenario {
  const isGone = new Phases(random, endS, false, [true], ANY);
  const isHot = new Phases(random, endS, 0, [1], ANY);
  return {
    name: "vanishing series",
    rules: [
      {
        alert: "BalanceAbsent",
        expr: 'absent(vanish_balance{venue="dex"})',
        annotations: { v: "{{ $labels.venue }}" },
      },
      { alert: "BalanceAbsentLong", expr: 'absent(vanish_balance{venue="dex"})', for: `${FOR_S}s` },
      { alert: "FewVenues", expr: "count(vanish_balance) < 3", annotations: { n: "{{ $value }} venues" } },
      { alert: "HotAndThere", expr: "vanish_hot == 1 and on(venue) vanish_balance", labels: { v: "{{ $value }}" } },
    ],
    exposition: (s) =>
      [
        'vanish_balance{venue="cex"} 1\nvanish_balance{venue="bank"} 1',
        ...(isGone.at(s) ? [] : ['vanish_balance{venue="dex"} 1']),
        `vanish_hot{venue="dex"} ${isGone.at(s) ? 0 : isHot.at(s)}`,
        `vanish_hot{venue="cex"} ${isHot.at(s)}`,
        "",
      ].join("\n"),
  };
}

function dying(random: Random, endS: number): AlertScenario {
  const isDead = new Phases(random, endS, false, [true], ANY);
  return {
    name: "a target that dies and returns",
    rules: [
      { alert: "Down", expr: 'up{job="s4"} == 0', annotations: { who: "{{ $labels.instance }} of {{ $labels.job }}" } },
      { alert: "DownLong", expr: 'up{job="s4"} == 0', for: `${FOR_S}s`, labels: { severity: "critical" } },
      { alert: "Alive", expr: "dying_alive == 1", annotations: { since: "{{ $value }}" } },
      { alert: "NoneAlive", expr: "absent(dying_alive)" },
    ],
    exposition: (s) => (isDead.at(s) ? undefined : `dying_alive ${s < 0 || s >= endS ? 0 : 1}\n`),
  };
}

function churn(random: Random, endS: number): AlertScenario {
  const order = new Phases(random, endS, false, [true], ANY);
  return {
    name: "label churn",
    rules: [
      { alert: "OrderOpen", expr: "churn_open > 0", annotations: { order: "order {{ $labels.order }}" } },
      {
        alert: "OrderOpenLong",
        expr: "churn_open > 0",
        for: `${FOR_S}s`,
        labels: { order: "none", was: "{{ $labels.order }}" },
      },
      { alert: "OrdersOpen", expr: "count without (order) (churn_open > 0)" },
    ],
    exposition(s) {
      const lines = order.at(s)
        ? [0, 1].map((n) => `churn_open{order="${order.begun(s)}-${n}"} ${n + 1}`)
        : ["churn_open 0"];
      return `${lines.join("\n")}\n`;
    },
  };
}

function waiting(random: Random, endS: number): AlertScenario {
  const short = new Phases(random, endS, 0, [1], SHORT);
  const long = new Phases(random, endS, 0, [1], LONG);
  const value = new Phases(random, endS, 1, [2, 3], SHORT);
  return {
    name: "for",
    rules: [
      { alert: "NeverFires", expr: "wait_short > 0", for: `${FOR_S}s` },
      { alert: "Fires", expr: "wait_long > 0", for: `${FOR_S}s` },
      { alert: "FiresOn", expr: "wait_long > 0", for: `${FOR_S}s`, keep_firing_for: "7s" },
      {
        alert: "ValueChanges",
        expr: "wait_long * wait_value > 0",
        for: `${FOR_S}s`,
        annotations: { v: "{{ $value }}" },
      },
    ],
    exposition: (s) => `wait_short ${short.at(s)}\nwait_long ${long.at(s)}\nwait_value ${value.at(s)}\n`,
  };
}

function recorded(random: Random, endS: number): AlertScenario {
  const [a, b] = [new Phases(random, endS, 1, [9, 4], ANY), new Phases(random, endS, 1, [9, 7], LONG)];
  return {
    name: "recording rules feeding alerts",
    rules: [
      { record: "job:rec_loss:sum", expr: "sum by (job) (rec_loss)", labels: { team: "desk" } },
      { record: "job:rec_loss:double", expr: "job:rec_loss:sum * 2" },
      { alert: "Loss", expr: "job:rec_loss:sum > 5", annotations: { v: "{{ $labels.team }} {{ $value }}" } },
      { alert: "LossLong", expr: "job:rec_loss:double > 10", for: `${FOR_S}s`, labels: { team: "risk" } },
      {
        alert: "OnAlerts",
        expr: 'ALERTS{alertname="LossLong", alertstate="firing"}',
        annotations: { v: "{{ $value }}" },
      },
    ],
    exposition: (s) => `rec_loss{bot="a"} ${a.at(s)}\nrec_loss{bot="b"} ${b.at(s)}\n`,
  };
}

function templated(random: Random, endS: number): AlertScenario {
  const size = new Phases(random, endS, 0, [0.00123, 12.3456, 98_765_432.1, 1e21, Number.POSITIVE_INFINITY], ANY);
  const limit = new Phases(random, endS, 5, [7.5, 1e6], LONG);
  return {
    name: "annotation templates",
    rules: [
      {
        alert: "Templated",
        expr: "tmpl_size > 0",
        labels: { size: '{{ printf "%.3g" $value }}', external: "{{ $externalLabels.monitor }}" },
        annotations: {
          plain: "{{ $value }} {{ .Value }} {{ $labels.venue }} {{ .Labels.nosuch }}",
          humanized: "{{ humanize $value }} {{ humanize1024 $value }} {{ humanizePercentage $value }}",
          duration: "{{ humanizeDuration $value }}",
          query: '{{ range query "tmpl_limit" | sortByLabel "venue" }}{{ .Labels.venue }}={{ .Value }} {{ end }}',
          first: `{{ with query "tmpl_limit{venue='cex'}" }}{{ . | first | value | humanize }}{{ end }}`,
          none: '{{ query "tmpl_nosuch" | first | value }}',
          text: '{{ "a-b" | title | reReplaceAll "-" "+" }}{{ if gt $value 100.0 }} high{{ else }} low{{ end }}',
        },
      },
    ],
    exposition: (s) =>
      `tmpl_size{venue="dex"} ${number(size.at(s))}\ntmpl_limit{venue="dex"} 2\ntmpl_limit{venue="cex"} ${limit.at(s)}\n`,
  };
}

function mixed(random: Random, endS: number): AlertScenario {
  const fill = new Phases(random, endS, 0.9, [0.1, Number.NaN], ANY);
  const limit = new Phases(random, endS, 0.2, [0.5], LONG);
  const isMaintained = new Phases(random, endS, 0, [1], ANY);
  const latency = new Phases(random, endS, 1, [30], LONG);
  return {
    name: "thresholds as series, maintenance, quantiles",
    rules: [
      {
        alert: "FillRatio",
        expr: 'mix_fill < on() group_left mix_threshold{name="fill"} unless on() mix_maintenance == 1',
        annotations: { is: '{{ $value }} of {{ query "mix_threshold" | first | value }}' },
      },
      { alert: "NoFill", expr: "mix_fill != mix_fill", labels: { kind: "nan" } },
      { alert: "Slow", expr: "max_over_time(mix_latency[3s]) > 20", for: `${FOR_S}s` },
      { alert: "SlowAny", expr: "quantile(0.5, mix_latency) > 20 or mix_fill < 0.15" },
    ],
    exposition: (s) =>
      [
        `mix_fill{bot="a"} ${number(fill.at(s))}\nmix_threshold{name="fill"} ${limit.at(s)}`,
        `mix_maintenance ${isMaintained.at(s)}`,
        ...[0, 1, 2].map((n) => `mix_latency{n="${n}"} ${latency.at(s) + n}`),
        "",
      ].join("\n"),
  };
}

/** As the text format has it. */
function number(value: number): string {
  return value === Number.POSITIVE_INFINITY ? "+Inf" : String(value);
}
