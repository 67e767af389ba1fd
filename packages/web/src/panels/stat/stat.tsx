/** One large value for each series, with its course behind it. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { textWidth } from "../../charts/text-width.ts";
import { useSize } from "../../charts/use-size.ts";
import { textOf, wordOf } from "../../dashboard/json.ts";
import { parseColor, readableOn, type Theme, textOn } from "../../format/color.ts";
import { formatValue } from "../../format/value-format.ts";
import { reduceField } from "../../query/reduce.ts";
import type { PanelBodyProps } from "../panel-body.ts";
import { type Reduced, reducedValues } from "../reduced.ts";
import { fittingSizes } from "./fitting-size.ts";
import { gridOf } from "./grid-of.ts";
import { Sparkline } from "./sparkline.tsx";

/** Of a unit's text, beside its value's. */
const UNIT_SIZE = 0.6;
/** CSS pixels. In lower boxes the value alone is shown, and what it is of when it is pointed at. */
const LEAST_HEIGHT_WITH_NAME = 30;
const LEAST_HEIGHT_WITH_CHANGE = 60;
const CHANGE_HEIGHT = 16;

export function Stat({ panel, frames, context }: PanelBodyProps): JSX.Element {
  const { options } = panel;
  const [place, size] = useSize<HTMLDivElement>();
  const values = useMemo(() => reducedValues(frames, options), [frames, options]);
  const layout = gridOf(
    values.length,
    size,
    wordOf(options["orientation"], ["auto", "horizontal", "vertical"], "auto"),
  );
  return (
    <div
      class="hw-panel-stat"
      ref={place}
      style={{
        gridTemplateColumns: `repeat(${layout.columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${layout.rows}, minmax(0, 1fr))`,
      }}
    >
      {values.map((one, index) => (
        <StatValue
          key={`${index} ${one.name}`}
          one={one}
          isOnly={values.length === 1}
          options={options}
          theme={context.theme}
          size={{ width: size.width / layout.columns, height: size.height / layout.rows }}
        />
      ))}
    </div>
  );
}

function StatValue({
  one,
  isOnly,
  options,
  theme,
  size,
}: {
  readonly one: Reduced;
  readonly isOnly: boolean;
  readonly options: PanelBodyProps["panel"]["options"];
  readonly theme: Theme;
  readonly size: { readonly width: number; readonly height: number };
}): JSX.Element {
  const colorMode = wordOf(options["colorMode"], ["value", "background", "background_solid", "none"], "value");
  const graphMode = wordOf(options["graphMode"], ["area", "none", "line"], "area");
  const textMode = wordOf(options["textMode"], ["auto", "value", "value_and_name", "name", "none"], "auto");
  const justify = wordOf(options["justifyMode"], ["auto", "center"], "auto");
  const isBackground = colorMode.startsWith("background");
  const shownColor = one.shown.color;
  const isPlain = (parseColor(shownColor)?.[3] ?? 1) < 0.1;
  const color =
    isBackground && !isPlain
      ? textOn(shownColor, theme.ground)
      : colorMode === "value" && !isPlain
        ? readableOn(shownColor, theme.ground)
        : theme.text;
  const hasRoomForName = textMode === "name" || size.height >= LEAST_HEIGHT_WITH_NAME;
  const wantsName = textMode === "name" || textMode === "value_and_name" || (textMode === "auto" && !isOnly);
  const showsName = wantsName && hasRoomForName;
  const showsValue = textMode !== "name" && textMode !== "none";
  const { prefix = "", text, suffix = "" } = one.shown.parts;
  const before = `${textOf(options["prefix"], 100) ?? ""}${prefix}`;
  const after = `${suffix}${textOf(options["postfix"], 100) ?? ""}`;
  const shownText = text === "" ? "–" : text;
  const bold = theme.font.replace("12px", "600 100px");
  const valueWidth = (textWidth(shownText, bold) + UNIT_SIZE * textWidth(before + after, bold)) / 100;
  const nameWidth = showsName ? textWidth(one.name, theme.font.replace("12px", "100px")) / 100 : 0;
  const change = options["showPercentChange"] === true ? reduceField(one.field, "diffperc") : undefined;
  const showsChange = typeof change === "number" && Number.isFinite(change) && size.height >= LEAST_HEIGHT_WITH_CHANGE;
  const height = size.height - (showsChange ? CHANGE_HEIGHT : 0);
  const sizes = fittingSizes({ width: size.width, height }, valueWidth, nameWidth);
  const hasGraph =
    graphMode !== "none" &&
    one.times !== undefined &&
    one.field.values.length > 1 &&
    one.field.values instanceof Float64Array;
  return (
    <div
      class={`hw-panel-stat-value${justify === "center" || isOnly ? " hw-panel-stat-center" : ""}`}
      style={{ color, background: isBackground && !isPlain ? shownColor : "transparent" }}
      title={wantsName && !showsName ? one.name : undefined}
    >
      {hasGraph && one.times !== undefined && one.field.values instanceof Float64Array ? (
        <Sparkline
          times={one.times}
          values={one.field.values}
          color={isBackground ? color : isPlain ? theme.accent : shownColor}
          size={size}
        />
      ) : null}
      {showsName ? (
        <div class="hw-panel-stat-name" style={{ fontSize: `${sizes.name}px` }} title={one.name}>
          {one.name}
        </div>
      ) : null}
      {showsValue ? (
        <div
          class={`hw-panel-stat-number${sizes.isLong ? " hw-panel-stat-long" : ""}`}
          style={{ fontSize: `${sizes.value}px` }}
        >
          {before === "" ? null : <span class="hw-panel-stat-unit">{before}</span>}
          {shownText}
          {after === "" ? null : <span class="hw-panel-stat-unit">{after}</span>}
        </div>
      ) : null}
      {showsChange ? (
        <div class="hw-panel-stat-change">
          {change >= 0 ? "▲" : "▼"} {formatValue(Math.abs(change), "percentunit")}
        </div>
      ) : null}
    </div>
  );
}
