/** Values as bars between least and most. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { flagOf, wordOf } from "../../dashboard/json.ts";
import { readableOn, type Theme } from "../../format/color.ts";
import { shareOf } from "../../format/thresholds.ts";
import type { PanelBodyProps } from "../panel-body.ts";
import { type Reduced, reducedValues } from "../reduced.ts";

const CELLS = 24;
/** CSS pixels for a name above its bar. */
const ROOMY_PX = 46;

export function BarGauge({ panel: { options }, frames, size, context }: PanelBodyProps): JSX.Element {
  const values = useMemo(() => reducedValues(frames, options), [frames, options]);
  const orientation = wordOf(options["orientation"], ["auto", "horizontal", "vertical"], "auto");
  const mode = wordOf(options["displayMode"], ["gradient", "lcd", "basic"], "gradient");
  const isVertical = orientation === "vertical";
  const isDense = !isVertical && values.length > 1 && size.height < values.length * ROOMY_PX;
  return (
    <ul
      class={`hw-panel-bargauge${isVertical ? " hw-panel-bargauge-vertical" : ""}${isDense ? " hw-panel-bargauge-dense" : ""}`}
    >
      {values.map((one, index) => (
        <li key={`${index} ${one.name}`}>
          {values.length > 1 || one.field.config.displayName !== "" ? (
            <span class="hw-panel-bargauge-name" title={one.name}>
              {one.name}
            </span>
          ) : null}
          <Bar
            one={one}
            mode={mode}
            isVertical={isVertical}
            showsRest={flagOf(options["showUnfilled"], true)}
            theme={context.theme}
          />
          {options["valueMode"] === "hidden" ? null : (
            <span
              class="hw-panel-bargauge-value"
              style={{
                color:
                  options["valueMode"] === "text"
                    ? context.theme.text
                    : readableOn(one.shown.color, context.theme.ground),
              }}
            >
              {one.shown.text || "–"}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Bar({
  one: { field, shown },
  mode,
  isVertical,
  showsRest,
  theme,
}: {
  readonly one: Reduced;
  readonly mode: "gradient" | "lcd" | "basic";
  readonly isVertical: boolean;
  readonly showsRest: boolean;
  readonly theme: Theme;
}): JSX.Element {
  const range = { min: field.config.min ?? Math.min(0, field.range.min), max: field.config.max ?? field.range.max };
  const share = Math.max(0, Math.min(1, shareOf(shown.number, range) || 0));
  if (mode === "lcd") {
    return (
      <span class="hw-panel-bargauge-lcd" aria-hidden="true">
        {Array.from({ length: CELLS }, (_, index) => {
          const isLit = (index + 0.5) / CELLS <= share;
          const color = isLit
            ? field.show(range.min + ((index + 0.5) / CELLS) * (range.max - range.min)).color
            : theme.sunken;
          return <span key={index} style={{ background: isLit || showsRest ? color : "transparent" }} />;
        })}
      </span>
    );
  }
  const low = field.show(range.min).color;
  const direction = isVertical ? "0deg" : "90deg";
  return (
    <span
      class="hw-panel-bargauge-bar"
      aria-hidden="true"
      style={{ background: showsRest ? theme.sunken : "transparent" }}
    >
      <span
        style={{
          [isVertical ? "height" : "width"]: `${share * 100}%`,
          background: mode === "gradient" ? `linear-gradient(${direction}, ${low}, ${shown.color})` : shown.color,
        }}
      />
    </span>
  );
}
