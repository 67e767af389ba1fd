/** Shares of a whole. */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { at, textsOf } from "../../dashboard/json.ts";
import { seriesColor, textOn } from "../../format/color.ts";
import { formatValue } from "../../format/value-format.ts";
import { arcPath } from "../gauge/arc-path.ts";
import { legendOptions } from "../legend.tsx";
import type { PanelBodyProps } from "../panel-body.ts";
import { reducedValues } from "../reduced.ts";
import { Swatch } from "../swatch.tsx";

const TOP = -Math.PI / 2;

export function PieChart({ panel: { options, title }, frames, context }: PanelBodyProps): JSX.Element {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { theme } = context;
  const slices = useMemo(
    () =>
      reducedValues(frames, options).map((one, index) => ({
        ...one,
        // Slices of one field would all be of its colour.
        color:
          one.times === undefined && (one.field.config.color?.mode ?? "").startsWith("palette")
            ? seriesColor(index, theme)
            : one.field.config.color === undefined
              ? seriesColor(index, theme)
              : one.shown.color,
      })),
    [frames, options, theme],
  );
  const shown = slices.filter(
    ({ name, shown: { number } }) => number > 0 && Number.isFinite(number) && !hidden.has(name),
  );
  const total = shown.reduce((sum, { shown: { number } }) => sum + number, 0);
  const labels = textsOf(options["displayLabels"], 5);
  const inner = options["pieType"] === "donut" ? 52 : 0;
  const legend = legendOptions(options);
  const legendValues = textsOf(at(options["legend"], "values"), 5);
  const share = (number: number): string =>
    formatValue(total === 0 ? 0 : number / total, "percentunit", { decimals: 0 });
  let angle = TOP;
  return (
    <div class={legend.isRight ? "hw-panel-chart hw-panel-chart-right" : "hw-panel-chart"}>
      <div class="hw-panel-canvas">
        <svg
          class="hw-panel-pie"
          viewBox="0 0 200 200"
          role="img"
          aria-label={`${title || "Pie chart"}: ${shown.map((one) => `${one.name} ${one.shown.text}, ${share(one.shown.number)}`).join("; ") || "no data"}`}
        >
          {shown.map((one, index) => {
            const from = angle;
            const part = one.shown.number / total;
            angle += part * 2 * Math.PI;
            const middle = (from + angle) / 2;
            const radius = inner === 0 ? 62 : 74;
            const text = labels
              .map((label) =>
                label === "percent" ? share(one.shown.number) : label === "name" ? one.name : one.shown.text,
              )
              .join(" ");
            return (
              <g key={`${index} ${one.name}`}>
                <path
                  d={arcPath(100, 100, inner, 96, from, angle)}
                  fill={one.color}
                  stroke={theme.ground}
                  stroke-width="1"
                >
                  <title>{`${one.name}: ${one.shown.text} (${share(one.shown.number)})`}</title>
                </path>
                {text !== "" && part > 0.06 ? (
                  <text
                    x={100 + radius * Math.cos(middle)}
                    y={104 + radius * Math.sin(middle)}
                    fill={textOn(one.color, theme.ground)}
                    font-size="10"
                    text-anchor="middle"
                  >
                    {text}
                  </text>
                ) : null}
              </g>
            );
          })}
        </svg>
      </div>
      {legend.mode === "hidden" ? null : (
        <ul class={`hw-panel-legend hw-panel-legend-list${legend.isRight ? " hw-panel-legend-right" : ""}`}>
          {slices.map((one, index) => (
            <li key={`${index} ${one.name}`}>
              <button
                type="button"
                class="hw-panel-legend-name"
                aria-pressed={!hidden.has(one.name)}
                onClick={() =>
                  setHidden((before) =>
                    before.has(one.name)
                      ? new Set([...before].filter((name) => name !== one.name))
                      : new Set([...before, one.name]),
                  )
                }
              >
                <Swatch color={one.color} />
                <span>{one.name}</span>
              </button>
              {legendValues.includes("value") ? <span class="hw-panel-legend-calc">{one.shown.text}</span> : null}
              {legendValues.includes("percent") && !hidden.has(one.name) ? (
                <span class="hw-panel-legend-calc">{share(one.shown.number || 0)}</span>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
