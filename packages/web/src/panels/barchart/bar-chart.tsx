/** Bars by category: a row of a table each. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useSize } from "../../charts/use-size.ts";
import { numberOf, textOf, wordOf } from "../../dashboard/json.ts";
import type { Theme } from "../../format/color.ts";
import type { ShownField } from "../../format/shown-field.ts";
import { numeric } from "../../query/frame.ts";
import { Legend, legendOptions } from "../legend.tsx";
import type { PanelBodyProps } from "../panel-body.ts";
import { summaryOf } from "../summary.ts";
import { type Bars, barsOf } from "./bars-of.ts";

const NONE: ReadonlySet<string> = new Set();

export function BarChart({ panel: { options, title }, frames, context }: PanelBodyProps): JSX.Element {
  const [place, size] = useSize<HTMLDivElement>();
  const bars = useMemo(() => barsOf(frames, textOf(options["xField"], 500) ?? ""), [frames, options]);
  const legend = legendOptions(options);
  return (
    <div class={legend.isRight ? "hw-panel-chart hw-panel-chart-right" : "hw-panel-chart"}>
      <div class="hw-panel-canvas" ref={place}>
        {size.width > 40 && size.height > 40 ? (
          <svg
            class="hw-panel-svg"
            viewBox={`0 0 ${size.width} ${size.height}`}
            role="img"
            aria-label={summaryOf(title, bars.fields)}
          >
            <Drawn
              bars={bars}
              width={size.width}
              height={size.height}
              isLying={wordOf(options["orientation"], ["auto", "horizontal", "vertical"], "auto") === "horizontal"}
              stacking={wordOf(options["stacking"], ["none", "normal", "percent"], "none")}
              showsValues={
                options["showValue"] === "always" ||
                (options["showValue"] !== "never" && bars.names.length * bars.fields.length <= 12)
              }
              share={Math.max(0.1, Math.min(1, numberOf(options["groupWidth"]) ?? 0.7))}
              theme={context.theme}
            />
          </svg>
        ) : null}
      </div>
      {bars.fields.length > 1 ? (
        <Legend fields={bars.fields} options={legend} hidden={NONE} onToggle={() => undefined} />
      ) : null}
    </div>
  );
}

interface DrawnProps {
  readonly bars: Bars;
  readonly width: number;
  readonly height: number;
  readonly isLying: boolean;
  readonly stacking: "none" | "normal" | "percent";
  readonly showsValues: boolean;
  readonly share: number;
  readonly theme: Theme;
}

function Drawn({
  bars: { names, fields },
  width,
  height,
  isLying,
  stacking,
  showsValues,
  share,
  theme,
}: DrawnProps): JSX.Element {
  const isStacked = stacking !== "none";
  const total = (row: number): number =>
    fields.reduce((sum, { values }) => sum + Math.max(0, numeric(values[row]) || 0), 0);
  const value = (field: ShownField, row: number): number => {
    const own = numeric(field.values[row]);
    return stacking === "percent" ? own / (total(row) || 1) : own;
  };
  let max = 0;
  let min = 0;
  for (let row = 0; row < names.length; row++) {
    if (isStacked) max = Math.max(max, stacking === "percent" ? 1 : total(row));
    else {
      for (const field of fields) {
        const one = value(field, row);
        if (!Number.isFinite(one)) continue;
        max = Math.max(max, one);
        min = Math.min(min, one);
      }
    }
  }
  const [first] = fields;
  max = first?.config.max ?? (max === min ? 1 : max * 1.08);
  min = first?.config.min ?? min;
  const left = isLying ? Math.min(width / 3, 8 + 7 * Math.max(...names.map(({ length }) => length), 1)) : 4;
  const bottom = isLying ? 4 : 22;
  const length = isLying ? width - left - 8 : height - bottom - 8;
  const room = (isLying ? height - bottom : width - left) / Math.max(1, names.length);
  const zero = (0 - min) / (max - min || 1);
  const per = isStacked ? 1 : fields.length;
  const thickness = (room * share) / Math.max(1, per);
  const skip = isLying
    ? Math.ceil(14 / room)
    : Math.ceil((8 + 6.5 * Math.min(14, Math.max(...names.map(({ length: size }) => size), 1))) / room);
  return (
    <g font-size="11">
      {names.map((name, row) => {
        const start = row * room + (room - thickness * per) / 2;
        let sum = zero;
        return (
          <g key={`${row} ${name}`}>
            {fields.map((field, index) => {
              const part = value(field, row) / (max - min || 1);
              if (!Number.isFinite(part)) return null;
              const from = isStacked ? sum : zero + Math.min(0, part);
              sum += Math.max(0, part);
              const size = Math.max(0, Math.abs(part) * length);
              const across = start + (isStacked ? 0 : index * thickness);
              const shown = field.show(field.values[row]);
              const color =
                fields.length === 1 &&
                field.config.color !== undefined &&
                !field.config.color.mode.startsWith("palette")
                  ? shown.color
                  : field.color;
              const box = isLying
                ? { x: left + from * length, y: across, width: size, height: Math.max(1, thickness - 1) }
                : {
                    x: left + across,
                    y: 8 + (1 - from) * length - size,
                    width: Math.max(1, thickness - 1),
                    height: size,
                  };
              return (
                <g key={`${index} ${field.shownName}`}>
                  <rect {...box} fill={color}>
                    <title>{`${name}, ${field.shownName}: ${shown.text}`}</title>
                  </rect>
                  {showsValues && !isStacked ? (
                    <text
                      x={isLying ? Math.min(width - 4, box.x + box.width + 4) : box.x + box.width / 2}
                      y={isLying ? box.y + box.height / 2 + 4 : Math.max(10, box.y - 2)}
                      fill={theme.text}
                      text-anchor={isLying ? (box.x + box.width > width - 50 ? "end" : "start") : "middle"}
                    >
                      {shown.text}
                    </text>
                  ) : null}
                </g>
              );
            })}
            {row % skip === 0 ? (
              <text
                x={isLying ? left - 4 : left + (row + 0.5) * room}
                y={isLying ? (row + 0.5) * room + 4 : height - 6}
                fill={theme.mutedText}
                text-anchor={isLying ? "end" : "middle"}
              >
                {name.length > 24 ? `${name.slice(0, 23)}…` : name}
              </text>
            ) : null}
          </g>
        );
      })}
      <line
        x1={isLying ? left + zero * length : left}
        x2={isLying ? left + zero * length : width}
        y1={isLying ? 0 : 8 + (1 - zero) * length}
        y2={isLying ? height : 8 + (1 - zero) * length}
        stroke={theme.border}
      />
    </g>
  );
}
