/** Values on arcs, with their thresholds around them. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useSize } from "../../charts/use-size.ts";
import { flagOf } from "../../dashboard/json.ts";
import { readableOn, type Theme } from "../../format/color.ts";
import { shownSteps } from "../../format/shown-field.ts";
import { shareOf } from "../../format/thresholds.ts";
import type { PanelBodyProps } from "../panel-body.ts";
import { type Reduced, reducedValues } from "../reduced.ts";
import { gridOf } from "../stat/grid-of.ts";
import { arcPath } from "./arc-path.ts";

/** The arc goes from lower left over the top to lower right. */
const FROM = (-7 * Math.PI) / 6;
const TO = Math.PI / 6;

export function Gauge({ panel: { options }, frames, context }: PanelBodyProps): JSX.Element {
  const [place, size] = useSize<HTMLDivElement>();
  const values = useMemo(() => reducedValues(frames, options), [frames, options]);
  const { columns, rows } = gridOf(values.length, { width: size.width, height: size.height * 1.6 }, "auto");
  return (
    <div
      class="hw-panel-stat"
      ref={place}
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
      }}
    >
      {values.map((one, index) => (
        <Dial
          key={`${index} ${one.name}`}
          one={one}
          theme={context.theme}
          showsName={values.length > 1 || one.field.config.displayName !== ""}
          showsMarkers={flagOf(options["showThresholdMarkers"], true)}
          showsLabels={flagOf(options["showThresholdLabels"])}
        />
      ))}
    </div>
  );
}

function Dial({
  one,
  theme,
  showsName,
  showsMarkers,
  showsLabels,
}: {
  readonly one: Reduced;
  readonly theme: Theme;
  readonly showsName: boolean;
  readonly showsMarkers: boolean;
  readonly showsLabels: boolean;
}): JSX.Element {
  const { field, shown, name } = one;
  const range = {
    min: field.config.min ?? (field.config.unit === "percentunit" ? 0 : Math.min(0, field.range.min)),
    max:
      field.config.max ??
      (field.config.unit === "percentunit" ? 1 : field.config.unit === "percent" ? 100 : field.range.max),
  };
  const angle = (value: number): number => {
    const share = shareOf(value, range);
    return FROM + (TO - FROM) * Math.max(0, Math.min(1, Number.isNaN(share) ? 0 : share));
  };
  const steps = shownSteps(field, theme);
  const fontSize = Math.max(9, Math.min(26, 150 / Math.max(4, shown.text.length)));
  return (
    <div class="hw-panel-gauge">
      <svg viewBox="0 0 200 150" role="img" aria-label={`${name}: ${shown.text || "no data"}`}>
        <path d={arcPath(100, 100, 66, 82, FROM, TO)} fill={theme.sunken} />
        {Number.isNaN(shown.number) ? null : (
          <path d={arcPath(100, 100, 66, 82, FROM, angle(shown.number))} fill={shown.color} />
        )}
        {showsMarkers
          ? steps.map(({ value, color }, index) => {
              const start = Number.isFinite(value) ? angle(value) : FROM;
              const end = index + 1 < steps.length ? angle(steps[index + 1]?.value ?? range.max) : TO;
              return end > start ? (
                <path key={`${index} ${value}`} d={arcPath(100, 100, 85, 90, start, end)} fill={color} />
              ) : null;
            })
          : null}
        {showsLabels
          ? steps
              .filter(({ value }) => Number.isFinite(value) && value > range.min && value < range.max)
              .map(({ value }) => (
                <text
                  key={value}
                  x={100 + 97 * Math.cos(angle(value))}
                  y={100 + 97 * Math.sin(angle(value))}
                  fill={theme.mutedText}
                  font-size="9"
                  text-anchor="middle"
                >
                  {field.show(value).text}
                </text>
              ))
          : null}
        <text
          x="100"
          y="106"
          fill={readableOn(shown.color, theme.ground)}
          font-size={fontSize}
          font-weight="600"
          text-anchor="middle"
        >
          {shown.text || "–"}
        </text>
      </svg>
      {showsName ? <div class="hw-panel-gauge-name">{name}</div> : null}
    </div>
  );
}
