/** `haltwatch check metrics` and promtool remark the same on the same metrics, and refuse the same. */
import { spawnSync } from "node:child_process";
import { Readable } from "node:stream";
import { checkMetrics } from "@haltwatch/server";
import { expect } from "vitest";
import { testWithPeer } from "./peers.ts";

const TYPES = ["counter", "gauge", "histogram", "summary", "untyped"];

/** One family of each of these names and of each type. Of two units in a name, older versions remark any, by chance. */
const NAMES = [
  ...[
    "a",
    "a_total",
    "a_bucket",
    "a_count",
    "a_sum",
    "a_info",
    "a:b:c",
    "aB_total",
    "A_B",
    "a_counter_total",
    "a_gauge",
  ],
  ...["my_histogram", "summary_a", "a_summary_total", "a_gauge_histogram_b", "a_untyped", "a_Counter_b", "total"],
  ...["a_seconds", "a_milliseconds", "a_minutes_total", "kelvins", "a_kelvins", "a_thermometers", "a_kilometers"],
  ...["a_kilobits_per_second", "a_days", "a_megabytes", "a_ounces", "a_fahrenheit", "a_inches_total"],
  ...["a_ms", "a_s_total", "a_kb", "a_KB", "ms_a", "a_h_b_d", "a_sec", "a_m", "b", "a_decayards", "a_milli_seconds"],
];

const LABELS = [
  "",
  '{x="1"}',
  '{le="1"}',
  '{quantile="0.5"}',
  '{xY="1",le="+Inf"}',
  '{quantile="0.5",someThing="a",le="1"}',
];

/** Bodies that one of them might refuse. */
const BODIES = [
  "",
  "\n\n",
  "a 1",
  "a",
  "a 1\n",
  "# HELP a\na 1\n",
  "# HELP a \na 1\n",
  "# HELP a x\n# HELP a y\na 1\n",
  "# TYPE a counter\n# TYPE a counter\na 1\n",
  "# TYPE a counter\n# HELP a x\n",
  "a 1\n# TYPE a gauge\n",
  "a 1\n# HELP a x\n",
  "# TYPE a nothing\na 1\n",
  'a{b="c",b="d"} 1\n',
  "a{b=c} 1\n",
  'a{b="c} 1\n',
  "# a comment\n#\n# HELP\na 1 1000\n",
  "a 1 1000 5\n",
  "a one\n",
  "a 1\na 2\n",
  '# TYPE h histogram\nh_bucket{le="one"} 1\n',
  '# TYPE h histogram\n# HELP h x\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n',
  '# TYPE s summary\n# HELP s x\ns{quantile="0.5",a="b"} 1\ns_sum{a="b"} 1\ns_count{a="b"} 2\n',
  '# TYPE s summary\ns{quantile="half"} 1\n',
  "# TYPE s summary\n# HELP s x\ns_bucket 1\n",
  "# HELP h_sum x\n# TYPE h histogram\n# HELP h y\nh_sum 1\n",
  "# TYPE h_count gauge\n# TYPE h histogram\nh_count 1\nh_sum 2\n",
];

/** Told by newer versions than the one that is here. */
const NEWER = / (?:metric not unique|non-gauge metrics should not have "_timestamp_seconds" suffix)$/;

testWithPeer("promtool", "remarks and refusals are promtool's", async (promtool) => {
  const families = NAMES.flatMap((name) =>
    TYPES.flatMap((type) => ["", `# HELP ${name} x\n`].map((help) => `${help}# TYPE ${name} ${type}\n`)),
  );
  const bodies = [
    ...BODIES,
    // Names by themselves and with each set of labels: one family is no fault of another.
    ...families.map((head, index) => {
      const [, name = "", type = ""] = /# TYPE (\S+) (\S+)\n/.exec(head) ?? [];
      const labels = LABELS[index % LABELS.length];
      return `${head}${name}${type === "histogram" ? "_bucket" : ""}${labels} 1\n`;
    }),
  ];

  for (const body of bodies) {
    const { status, stderr } = spawnSync(promtool, ["check", "metrics"], { input: body, encoding: "utf8" });
    const { remarks, fault } = await checkMetrics(Readable.from([Buffer.from(body)]));

    if (status === 1) expect({ body, isRefused: fault !== undefined }, stderr).toEqual({ body, isRefused: true });
    else {
      const theirs = [...new Set(stderr.split("\n"))].filter((line) => line !== "").sort();
      const ours = remarks.map(({ metric, text }) => `${metric} ${text}`).filter((line) => !NEWER.test(line));
      expect({ body, fault, remarks: ours.sort() }).toEqual({ body, fault: undefined, remarks: theirs });
    }
  }
});
