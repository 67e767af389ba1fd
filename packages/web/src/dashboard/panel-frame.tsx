/** One panel in its place: title, menu, what is drawn, and what could not be. */
import type { JSX } from "preact";
import { useEffect, useErrorBoundary, useMemo, useRef, useState } from "preact/hooks";
import { pageTheme } from "../charts/theme.ts";
import { useSize } from "../charts/use-size.ts";
import type { Theme } from "../format/color.ts";
import { type ShownFrame, shownFrames } from "../format/shown-field.ts";
import type { PanelContext } from "../panels/panel-body.ts";
import { panelBody } from "../panels/registry.tsx";
import { roundDuration } from "../time/duration-text.ts";
import { transformed } from "../transform/transformed.ts";
import { interpolate, type VariableLookup } from "../variables/interpolate.ts";
import { lookupOf } from "../variables/variable-state.ts";
import { asTable, csvOf } from "./as-table.ts";
import type { DashboardState } from "./dashboard-state.ts";
import { fieldHref } from "./links.ts";
import type { Panel } from "./model.ts";
import { PanelMenu, type PanelMenuLink } from "./panel-menu.tsx";
import { PanelRunner } from "./panel-runner.ts";

export interface PanelFrameProps {
  readonly panel: Panel;
  readonly state: DashboardState;
  readonly isAlone?: boolean;
}

/** Panels just below the window are asked before they are seen. */
const AHEAD = "150px";
const MAX_TABLE_ROWS = 500;
const NO_RANGE = { from: 0, to: 1 };

export function PanelFrame({ panel, state, isAlone = false }: PanelFrameProps): JSX.Element {
  const [frame, setFrame] = useState<HTMLElement | null>(null);
  const [place, size] = useSize<HTMLDivElement>();
  const [view, setView] = useState<"panel" | "table" | "query">("panel");
  const runner = useMemo(() => new PanelRunner(state), [state]);
  useEffect(() => () => runner.stop(), [runner]);
  useEffect(() => {
    // Texts ask nothing.
    if (panel.kind !== "text") runner.setPanel(panel);
  }, [runner, panel]);
  useEffect(() => runner.setWidth(size.width), [runner, size.width]);
  useEffect(() => {
    if (frame === null) return;
    const observer = new IntersectionObserver(([entry]) => runner.setVisible(entry?.isIntersecting === true), {
      rootMargin: AHEAD,
    });
    observer.observe(frame);
    return () => observer.disconnect();
  }, [frame, runner]);

  const theme = pageTheme().value;
  const data = runner.data.value;
  const variables = state.variables.value;
  const lookup: VariableLookup = useMemo(
    () => (variables === undefined ? () => undefined : lookupOf(variables, panel.scope, {})),
    [variables, panel.scope],
  );
  const prepared = useMemo(() => {
    const { frames, problems } = transformed(data?.frames ?? [], panel.transformations, lookup);
    return {
      frames: shownFrames(frames, panel, { theme, timeZone: state.dashboard.timeZone, lookup, now: data?.now ?? 0 }),
      problems,
    };
    // The clock alone changes no text but "… ago", which the next data brings up to date.
  }, [data, panel, lookup, theme]);
  const title = interpolate(panel.title, lookup, "text");
  const problems = [...(data?.problems ?? []), ...prepared.problems];
  const now = data?.now ?? 0;
  const annotations = state.annotations.value;
  // As long as nothing of it changes it stays the same, and with it what is drawn.
  const context: PanelContext = useMemo(
    () => ({
      api: state.api,
      theme,
      timeZone: state.dashboard.timeZone,
      lookup,
      now,
      crosshair: state.dashboard.crosshair,
      crosshairGroup: `dashboard ${state.dashboard.uid} ${state.dashboard.title}`,
      annotations,
      onZoom: (range) => state.zoom(range),
      hrefOf: (link, name, labels) => fieldHref(link.url, lookup, name, labels),
    }),
    [state, theme, lookup, now, annotations],
  );
  const needsData = panel.targets.length > 0;
  const isWaiting = needsData && data === undefined;
  const range = data?.range ?? NO_RANGE;

  return (
    <article
      class={`hw-panel${panel.isTransparent ? " hw-panel-transparent" : ""}${runner.isStale.value ? " hw-panel-stale" : ""}`}
      aria-label={title === "" ? panel.type : title}
      data-kind={panel.kind}
      ref={setFrame}
    >
      <header class="hw-panel-head">
        <h3 class="hw-panel-title" title={title}>
          {title}
        </h3>
        <PanelNotes panel={panel} lookup={lookup} problems={problems} isStale={runner.isStale.value} />
        <Busy runner={runner} />
        <PanelMenu
          title={title}
          view={view}
          links={panelLinks(panel, context)}
          hasData={needsData}
          isAlone={isAlone}
          onView={setView}
          onAlone={() => state.setViewPanel(isAlone ? undefined : panel.id)}
          onSave={() =>
            save(title || "panel", csvOf(asTable(prepared.frames, state.dashboard.timeZone, { isFormatted: false })))
          }
        />
      </header>
      <div class="hw-panel-body" ref={place}>
        {view === "query" ? (
          <Queries queries={data?.queries ?? []} problems={problems} />
        ) : view === "table" ? (
          <DataTable frames={prepared.frames} state={state} title={title} />
        ) : isWaiting ? (
          <p class="hw-panel-note">{variables === undefined ? "Waiting for the variables" : "Loading"}</p>
        ) : (
          <Body
            panel={{ ...panel, title }}
            frames={prepared.frames}
            range={range}
            size={size}
            context={context}
            theme={theme}
            problems={problems}
          />
        )}
      </div>
    </article>
  );
}

/** Of its own, so that only it is drawn again when asking begins and ends. */
function Busy({ runner }: { readonly runner: PanelRunner }): JSX.Element | null {
  return runner.isLoading.value ? <span class="hw-panel-time">Loading</span> : null;
}

interface BodyProps {
  readonly panel: Panel;
  readonly frames: readonly ShownFrame[];
  readonly range: { readonly from: number; readonly to: number };
  readonly size: { readonly width: number; readonly height: number };
  readonly context: PanelContext;
  readonly theme: Theme;
  readonly problems: readonly string[];
}

/** A fault in drawing one panel stays in it. */
function Body({ panel, frames, range, size, context, problems }: BodyProps): JSX.Element {
  const [fault, reset] = useErrorBoundary();
  const known = useRef(frames);
  useEffect(() => {
    if (fault !== undefined && known.current !== frames) reset();
    known.current = frames;
  });
  if (fault !== undefined) {
    return (
      <p class="hw-panel-note hw-panel-problem">
        This panel cannot be drawn: {fault instanceof Error ? fault.message : String(fault)}
      </p>
    );
  }
  const Drawn = panelBody(panel.kind);
  if (Drawn === undefined) return <Missing panel={panel} />;
  const isEmpty = panel.targets.length > 0 && frames.every(({ length }) => length === 0);
  if (isEmpty && panel.kind !== "logs" && panel.kind !== "alertlist") {
    return (
      <div class="hw-panel-note hw-panel-empty">
        {problems.length === 0 ? (
          <p>{panel.fieldDefaults.noValue || "No data"}</p>
        ) : (
          problems.map((problem) => (
            <p key={problem} class="hw-panel-problem">
              {problem}
            </p>
          ))
        )}
      </div>
    );
  }
  return <Drawn panel={panel} frames={frames} range={range} size={size} context={context} />;
}

function Missing({ panel: { kind, type } }: { readonly panel: Panel }): JSX.Element {
  return (
    <p class="hw-panel-note">
      {kind === "missing"
        ? `The library panel “${type}” is not in this file: export the dashboard with its library panels.`
        : `Panels of type “${type}” are not drawn here.`}
    </p>
  );
}

function PanelNotes({
  panel,
  lookup,
  problems,
  isStale,
}: {
  readonly panel: Panel;
  readonly lookup: VariableLookup;
  readonly problems: readonly string[];
  readonly isStale: boolean;
}): JSX.Element {
  const own = panel.hidesTimeOverride
    ? []
    : [
        panel.timeFrom === "" ? "" : `Last ${panel.timeFrom}`,
        panel.timeShift === "" ? "" : `shifted by ${panel.timeShift}`,
      ];
  const time = interpolate(own.filter((part) => part !== "").join(", "), lookup, "text");
  return (
    <>
      {time === "" ? null : <span class="hw-panel-time">{time}</span>}
      {panel.description === "" ? null : (
        <Hint label="Description" mark="i" text={interpolate(panel.description, lookup, "text")} />
      )}
      {problems.length === 0 ? null : (
        <Hint label={isStale ? "Old values, because" : "Problems"} mark="!" text={problems.join("\n")} isProblem />
      )}
    </>
  );
}

function Hint({
  label,
  mark,
  text,
  isProblem = false,
}: {
  readonly label: string;
  readonly mark: string;
  readonly text: string;
  readonly isProblem?: boolean;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <span class="hw-panel-hint">
      <button
        type="button"
        class={isProblem ? "hw-panel-hint-problem" : ""}
        aria-expanded={isOpen}
        aria-label={label}
        onClick={() => setOpen(!isOpen)}
        onBlur={() => setOpen(false)}
        onMouseEnter={() => setOpen(true)}
        onMouseLeave={() => setOpen(false)}
      >
        {mark}
      </button>
      {isOpen ? (
        <span class="hw-panel-hint-text" role="status">
          {text}
        </span>
      ) : null}
    </span>
  );
}

/** Of addresses that can be followed. */
function panelLinks({ links }: Panel, { hrefOf, lookup }: PanelContext): readonly PanelMenuLink[] {
  return links.flatMap((link) => {
    const href = hrefOf(link);
    return href === undefined
      ? []
      : [{ href, title: interpolate(link.title, lookup, "text"), opensNewTab: link.opensNewTab }];
  });
}

function Queries({
  queries,
  problems,
}: {
  readonly queries: readonly { readonly refId: string; readonly expr: string; readonly step: number | undefined }[];
  readonly problems: readonly string[];
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <figure class="hw-panel-queries" tabIndex={0} aria-label="Queries">
      {queries.map(({ refId, expr, step }) => (
        <div key={refId}>
          <h4>
            {refId}
            {step === undefined ? ", at the end of the range" : `, each ${roundDuration(step)}`}
          </h4>
          <pre>
            <code>{expr}</code>
          </pre>
        </div>
      ))}
      {problems.map((problem) => (
        <p key={problem} class="hw-panel-problem">
          {problem}
        </p>
      ))}
    </figure>
  );
}

function DataTable({
  frames,
  state,
  title,
}: {
  readonly frames: readonly ShownFrame[];
  readonly state: DashboardState;
  readonly title: string;
}): JSX.Element {
  const { columns, rows } = useMemo(
    () => asTable(frames, state.dashboard.timeZone, { isFormatted: true }),
    [frames, state],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <figure class="hw-panel-table-scroll" tabIndex={0} aria-label={`${title}: data`}>
      <table>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={`${index} ${column}`} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_TABLE_ROWS).map((row) => (
            <tr key={row.join("|")}>
              {row.map((text, index) => (
                <td key={`${index} ${columns[index] ?? ""}`}>{text}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MAX_TABLE_ROWS ? (
        <p class="hw-panel-note">{`The newest ${MAX_TABLE_ROWS} of ${rows.length} rows: save the rest as CSV`}</p>
      ) : null}
    </figure>
  );
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replaceAll(/[^\p{L}\p{N} _-]/gu, "").slice(0, 100) || "panel"}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
