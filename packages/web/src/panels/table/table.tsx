/** Rows and columns, sorted by a click on a column's name; only the rows in view are in the page. */
import type { CSSProperties, JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useSize } from "../../charts/use-size.ts";
import { at, flagOf, numberOf, objectsOf, textOf, textsOf } from "../../dashboard/json.ts";
import { readableOn, type Theme, textOn, withOpacity } from "../../format/color.ts";
import type { ShownField, ShownFrame } from "../../format/shown-field.ts";
import { type Labels, numeric } from "../../query/frame.ts";
import { calculated } from "../legend.tsx";
import type { PanelBodyProps, PanelContext } from "../panel-body.ts";
import { barShare, type CellStyle, cellStyle } from "./cell-style.ts";

const ROW_PX = 33;
const COMPACT_ROW_PX = 28;
/** Rows above and below those in view. */
const SPARE_ROWS = 10;
/** More are not sorted and not shown: a note says so. */
const MAX_ROWS = 10_000;

interface Sorting {
  readonly column: string;
  readonly isDown: boolean;
}

export function Table({ panel, frames, context }: PanelBodyProps): JSX.Element {
  const { options } = panel;
  const [chosen, setChosen] = useState(() => numberOf(options["frameIndex"]) ?? 0);
  const frame = frames[Math.max(0, Math.min(frames.length - 1, chosen))];
  if (frame === undefined || frame.fields.length === 0) return <p class="hw-panel-note">No data</p>;
  const names = frames.map(
    (one, index) => one.name || one.fields.find(({ type }) => type === "number")?.shownName || `Table ${index + 1}`,
  );
  return (
    <div class="hw-panel-table">
      <FrameTable frame={frame} panel={panel} context={context} />
      {frames.length > 1 ? (
        <select
          class="hw-panel-table-frames"
          aria-label="Series"
          value={String(chosen)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {names.slice(0, 500).map((name, index) => (
            <option key={`${index} ${name}`} value={String(index)}>
              {name}
            </option>
          ))}
        </select>
      ) : null}
    </div>
  );
}

function FrameTable({
  frame,
  panel: { options, title },
  context,
}: {
  readonly frame: ShownFrame;
  readonly panel: PanelBodyProps["panel"];
  readonly context: PanelContext;
}): JSX.Element {
  const [place, size] = useSize<HTMLElement>();
  const [top, setTop] = useState(0);
  const [sorting, setSorting] = useState<Sorting | undefined>(() => initialSorting(options["sortBy"]));
  const rowPx =
    options["cellHeight"] === "sm" || options["cellHeight"] === undefined
      ? ROW_PX
      : Math.max(COMPACT_ROW_PX, options["cellHeight"] === "lg" ? 48 : 42);
  const columns = useMemo(
    () =>
      frame.fields
        .filter(({ config }) => !flagOf(config.custom["hidden"]))
        .map((field) => ({ field, style: cellStyle(field) })),
    [frame],
  );
  const order = useMemo(() => sortedRows(frame, sorting), [frame, sorting]);
  const first = Math.max(0, Math.floor(top / rowPx) - SPARE_ROWS);
  const last = Math.min(order.length, Math.ceil((top + (size.height || 400)) / rowPx) + SPARE_ROWS);
  const showsHeader = flagOf(options["showHeader"], true);
  const footer = flagOf(at(options["footer"], "show"))
    ? (textsOf(at(options["footer"], "reducer"), 5)[0] ?? "sum")
    : undefined;

  const sortBy = (name: string): void => {
    setSorting((before) =>
      before?.column !== name
        ? { column: name, isDown: false }
        : before.isDown
          ? undefined
          : { column: name, isDown: true },
    );
  };

  return (
    <figure
      class="hw-panel-table-scroll"
      ref={place}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
      tabIndex={0}
      aria-label={title === "" ? "Table" : `Table of ${title}`}
    >
      <table aria-rowcount={order.length + 1}>
        {showsHeader ? (
          <thead>
            <tr>
              {columns.map(({ field, style }, index) => {
                const isSorted = sorting?.column === field.shownName;
                return (
                  <th
                    key={`${index} ${field.shownName}`}
                    scope="col"
                    aria-sort={isSorted ? (sorting.isDown ? "descending" : "ascending") : "none"}
                    style={{ textAlign: style.align, ...widthOf(style) }}
                  >
                    <button type="button" onClick={() => sortBy(field.shownName)}>
                      {field.shownName}
                      <span aria-hidden="true">{isSorted ? (sorting.isDown ? " ↓" : " ↑") : ""}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
        ) : null}
        <tbody>
          <Spacer height={first * rowPx} columns={columns.length} />
          {order.slice(first, last).map((row) => (
            <tr key={row} style={{ height: `${rowPx}px` }}>
              {columns.map(({ field, style }, index) => (
                <Cell key={index} field={field} style={style} row={row} frame={frame} context={context} />
              ))}
            </tr>
          ))}
          <Spacer height={(order.length - last) * rowPx} columns={columns.length} />
        </tbody>
        {footer === undefined ? null : (
          <tfoot>
            <tr>
              {columns.map(({ field, style }, index) => (
                <td key={index} style={{ textAlign: style.align }}>
                  {field.type === "number" ? calculated(field, footer) : index === 0 ? footer : ""}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
      {frame.length > MAX_ROWS ? <p class="hw-panel-note">{`The first ${MAX_ROWS} of ${frame.length} rows`}</p> : null}
    </figure>
  );
}

function Spacer({ height, columns }: { readonly height: number; readonly columns: number }): JSX.Element | null {
  return height <= 0 ? null : (
    <tr style={{ height: `${height}px` }}>
      <td colSpan={columns} />
    </tr>
  );
}

function Cell({
  field,
  style,
  row,
  frame,
  context,
}: {
  readonly field: ShownField;
  readonly style: CellStyle;
  readonly row: number;
  readonly frame: ShownFrame;
  readonly context: PanelContext;
}): JSX.Element {
  const value = field.values[row];
  const shown = field.show(value);
  const { theme } = context;
  const [link] = field.config.links;
  const href =
    link === undefined
      ? undefined
      : context.hrefOf(rowLink(link, frame, row, shown.text), field.shownName, rowLabels(frame, row));
  const content =
    style.kind === "bar" ? (
      <span class="hw-panel-table-bar">
        <span style={{ width: `${100 * barShare(field, numeric(value))}%`, background: shown.color }} />
        <span>{shown.text}</span>
      </span>
    ) : (
      shown.text
    );
  return (
    <td
      style={{ textAlign: style.align, ...widthOf(style), ...colorsOf(style, shown.color, theme) }}
      title={shown.text.length > 30 ? shown.text : undefined}
    >
      {href === undefined || link === undefined ? (
        content
      ) : (
        <a href={href} {...(link.opensNewTab ? { target: "_blank", rel: "noreferrer noopener" } : {})}>
          {content}
        </a>
      )}
    </td>
  );
}

/** `${__value.text}` and `${__data.fields.name}` of the row. */
function rowLink<L extends { readonly url: string }>(link: L, frame: ShownFrame, row: number, text: string): L {
  const url = link.url
    .replaceAll(/\$\{__value\.(?:text|raw|numeric)\}|\$__cell\b/g, encodeURIComponent(text))
    .replaceAll(
      /\$\{__data\.fields(?:\.(\w{1,200})|\["([^"]{1,200})"\]|\[(\d{1,3})\])\}/g,
      (_all, plain, quoted, place) => {
        const field =
          place === undefined
            ? frame.fields.find(({ name, shownName }) => name === (plain ?? quoted) || shownName === (plain ?? quoted))
            : frame.fields[Number(place)];
        return field === undefined ? "" : encodeURIComponent(field.show(field.values[row]).text);
      },
    )
    .replaceAll(/\$__cell_(\d{1,3})/g, (_all, place) => {
      const field = frame.fields[Number(place)];
      return field === undefined ? "" : encodeURIComponent(field.show(field.values[row]).text);
    });
  return { ...link, url };
}

function rowLabels({ fields }: ShownFrame, row: number): Labels {
  return Object.fromEntries(
    fields.filter(({ type }) => type === "string").map(({ name, values }) => [name, String(values[row] ?? "")]),
  );
}

function widthOf({ width, minWidth }: CellStyle): CSSProperties {
  return {
    ...(width === undefined ? {} : { width: `${width}px` }),
    ...(minWidth === undefined ? {} : { minWidth: `${minWidth}px` }),
  };
}

function colorsOf({ kind }: CellStyle, color: string, theme: Theme): CSSProperties {
  switch (kind) {
    case "color-text":
      return { color: readableOn(color, theme.ground) };
    case "color-background":
      return { background: color, color: textOn(color, theme.ground) };
    case "color-background-gradient":
      return {
        background: `linear-gradient(120deg, ${color}, ${withOpacity(color, 0.85)})`,
        color: textOn(color, theme.ground),
      };
    default:
      return {};
  }
}

function initialSorting(json: PanelBodyProps["panel"]["options"][string]): Sorting | undefined {
  const [first] = objectsOf(json, 5);
  const column = textOf(first?.["displayName"], 500);
  return column === undefined ? undefined : { column, isDown: flagOf(first?.["desc"]) };
}

/** Rows in their order; what is missing comes last. */
function sortedRows({ fields, length }: ShownFrame, sorting: Sorting | undefined): readonly number[] {
  const rows = Array.from({ length: Math.min(length, MAX_ROWS) }, (_, index) => index);
  const field = fields.find(({ shownName, name }) => shownName === sorting?.column || name === sorting?.column);
  if (sorting === undefined || field === undefined) return rows;
  const direction = sorting.isDown ? -1 : 1;
  const { values, type } = field;
  return rows.sort((a, b) => {
    const [left, right] = [values[a], values[b]];
    if (type === "string")
      return direction * String(left ?? "").localeCompare(String(right ?? ""), "en", { numeric: true });
    const [x, y] = [numeric(left), numeric(right)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return direction * (x - y);
  });
}
