/** How often values of each size occur in the whole range. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { numberOf } from "../../dashboard/json.ts";
import { NO_FIELD_CONFIG } from "../../dashboard/read-field-config.ts";
import { shownFrames } from "../../format/shown-field.ts";
import { field, frame } from "../../query/frame.ts";
import { BarChart } from "../barchart/bar-chart.tsx";
import type { PanelBodyProps } from "../panel-body.ts";
import { bucketsOf } from "./buckets-of.ts";

export function Histogram(props: PanelBodyProps): JSX.Element {
  const { panel, frames, context } = props;
  const { theme, timeZone, lookup, now } = context;
  const counted = useMemo(() => {
    const fields = frames.flatMap((one) => one.fields.filter(({ type }) => type === "number"));
    const { names, counts } = bucketsOf(
      fields.map(({ values }) => values as ArrayLike<number>),
      numberOf(panel.options["bucketSize"]),
      numberOf(panel.options["bucketCount"]) ?? 30,
    );
    const [first] = fields;
    const shownNames = names.map((name) => (first === undefined ? String(name) : first.show(name).text));
    const table = frame([
      field("Bucket", "string", shownNames),
      ...counts.map((count, index) => field(fields[index]?.shownName ?? "Count", "number", count)),
    ]);
    return shownFrames([table], { fieldDefaults: NO_FIELD_CONFIG, overrides: [] }, { theme, timeZone, lookup, now });
  }, [frames, panel.options, theme, timeZone, lookup, now]);
  return (
    <BarChart
      {...props}
      frames={counted}
      panel={{ ...panel, options: { ...panel.options, xField: "Bucket", groupWidth: 1, showValue: "never" } }}
    />
  );
}
