/** Any Grafana dashboard, drawn from its JSON. */
import type { CSSProperties, JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Api } from "../api/http.ts";
import { TimePicker } from "../time/time-picker.tsx";
import { interpolate } from "../variables/interpolate.ts";
import { VariableBar } from "../variables/variable-bar.tsx";
import { chosenOptions, isAll } from "../variables/variable-state.ts";
import { DashboardState } from "./dashboard-state.ts";
import { DashboardError } from "./json.ts";
import { layOut, type RepeatValues, type Section } from "./layout.ts";
import { dashboardHref } from "./links.ts";
import type { Dashboard, Panel } from "./model.ts";
import { PanelFrame } from "./panel-frame.tsx";
import { readDashboard } from "./read-dashboard.ts";
import "./dashboard.css";
import "../panels/panels.css";

export interface DashboardViewProps {
  /** As it was parsed from the file. */
  readonly dashboard: unknown;
  readonly api: Api;
  /** Range, refresh, variables, the panel that is shown alone: `from`, `to`, `refresh`, `var-…`, `viewPanel`, `kiosk`. */
  readonly params?: URLSearchParams;
  readonly onParamsChange?: (params: URLSearchParams, options: { readonly replace: boolean }) => void;
  /** How often Haltwatch is given samples: what `$__rate_interval` is made of. Asked of Haltwatch where it is not given. */
  readonly scrapeIntervalMs?: number;
  readonly minStepMs?: number;
  /** Milliseconds since 1970: the server's clock, where the browser's is wrong. */
  readonly now?: () => number;
}

const NO_PARAMS = new URLSearchParams();

export function DashboardView(props: DashboardViewProps): JSX.Element {
  const read = useMemo(() => readSafely(props.dashboard), [props.dashboard]);
  if (read instanceof DashboardError) {
    return (
      <div class="hw-dashboard-refused" role="alert">
        <p>This dashboard cannot be shown: {read.message}.</p>
        <p>{read.hint}.</p>
      </div>
    );
  }
  return <OpenDashboard {...props} model={read} />;
}

function readSafely(json: unknown): Dashboard | DashboardError {
  try {
    return readDashboard(json);
  } catch (error) {
    if (error instanceof DashboardError) return error;
    throw error;
  }
}

function OpenDashboard({
  model,
  api,
  params = NO_PARAMS,
  onParamsChange,
  scrapeIntervalMs,
  minStepMs,
  now,
}: DashboardViewProps & { readonly model: Dashboard }): JSX.Element {
  // Another dashboard or another server is another state; params go in below.
  const state = useMemo(
    () => new DashboardState({ dashboard: model, api, params, onParamsChange, scrapeIntervalMs, minStepMs, now }),
    [model, api],
  );
  useEffect(() => {
    state.start();
    return () => state.stop();
  }, [state]);
  useEffect(() => state.takeParams(params), [state, params]);

  const variables = state.variables.value;
  const sections = useMemo(() => {
    const values: RepeatValues = (name) => {
      const one = variables?.get(name);
      return one === undefined ? [] : chosenOptions(isAll(one) || one.chosen.length > 0 ? one : { ...one, chosen: [] });
    };
    return layOut(model.panels, values);
  }, [model, variables]);
  const alone = state.viewPanel.value;
  const lone =
    alone === undefined ? undefined : sections.flatMap(({ panels }) => panels).find(({ id }) => id === alone);
  const isKiosk = params.has("kiosk") && params.get("kiosk") !== "false";

  return (
    <div class={`hw-dashboard${isKiosk ? " hw-dashboard-kiosk" : ""}`}>
      <Head model={model} state={state} isKiosk={isKiosk} />
      {lone === undefined ? (
        sections.length === 0 ? (
          <p class="hw-dashboard-refused">This dashboard has no panels.</p>
        ) : (
          sections.map((section, index) => (
            <SectionView key={section.row?.id ?? `top ${index}`} section={section} state={state} />
          ))
        )
      ) : (
        <div class="hw-dashboard-alone">
          <button type="button" onClick={() => state.setViewPanel(undefined)}>
            Back to the dashboard
          </button>
          <PanelFrame key={lone.id} panel={lone} state={state} isAlone />
        </div>
      )}
    </div>
  );
}

function Head({
  model,
  state,
  isKiosk,
}: {
  readonly model: Dashboard;
  readonly state: DashboardState;
  readonly isKiosk: boolean;
}): JSX.Element {
  const variables = state.variables.value ?? new Map();
  const lookup = state.lookup.value;
  const [showsNotes, setShowsNotes] = useState(false);
  const links = model.links.flatMap((link) => {
    const href = dashboardHref(link, lookup, variables, state.params);
    return href === undefined ? [] : [{ ...link, href }];
  });
  const marks = model.annotations.filter(({ isHidden }) => !isHidden);
  if (isKiosk) return <h1 class="hw-dashboard-title">{model.title}</h1>;
  return (
    <header class="hw-dashboard-head">
      <div class="hw-dashboard-line">
        <h1 class="hw-dashboard-title" title={model.description === "" ? undefined : model.description}>
          {model.title}
        </h1>
        <TimePicker
          raw={state.rawRange.value}
          range={state.tick.value?.range}
          refresh={state.refresh.value}
          timeZone={model.timeZone}
          now={() => state.now()}
          onRange={(range) => state.setRange(range)}
          onRefresh={(refresh) => state.setRefresh(refresh)}
          onAsk={() => state.ask()}
        />
      </div>
      <div class="hw-dashboard-line">
        <VariableBar states={variables} onChoose={(name, values) => state.setVariable(name, values)} />
        {marks.map(({ name }) => (
          <label key={name} class="hw-dashboard-mark">
            <input
              type="checkbox"
              checked={!state.offAnnotations.value.has(name)}
              onChange={() => state.toggleAnnotations(name)}
            />
            {name}
          </label>
        ))}
        {links.map(({ href, title, tooltip, opensNewTab }, index) => (
          <a
            key={`${index} ${href}`}
            class="hw-dashboard-link"
            href={href}
            title={tooltip}
            {...(opensNewTab ? { target: "_blank", rel: "noreferrer noopener" } : {})}
          >
            {interpolate(title, lookup, "text") || "Link"}
          </a>
        ))}
        {model.notes.length === 0 ? null : (
          <button
            type="button"
            class="hw-dashboard-notes"
            aria-expanded={showsNotes}
            onClick={() => setShowsNotes(!showsNotes)}
          >
            {model.notes.length === 1 ? "1 note" : `${model.notes.length} notes`}
          </button>
        )}
      </div>
      {showsNotes ? (
        <ul class="hw-dashboard-note-list">
          {model.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
    </header>
  );
}

function SectionView({
  section: { row, panels, height },
  state,
}: {
  readonly section: Section;
  readonly state: DashboardState;
}): JSX.Element {
  const [isFolded, setFolded] = useState(row?.isCollapsed ?? false);
  const lookup = state.lookup.value;
  const value = row === undefined ? undefined : [...row.scope.values()][0]?.text;
  const title =
    row === undefined
      ? ""
      : interpolate(
          row.title,
          (name) => {
            const own = row.scope.get(name);
            return own === undefined ? lookup(name) : { values: [own.value], texts: [own.text] };
          },
          "text",
        );
  return (
    <>
      {row === undefined ? null : (
        <h2 class="hw-dashboard-row">
          <button type="button" aria-expanded={!isFolded} onClick={() => setFolded(!isFolded)}>
            <span aria-hidden="true">{isFolded ? "▸" : "▾"}</span> {title === "" ? (value ?? "Row") : title}
            {isFolded ? (
              <span class="hw-dashboard-count">{` (${panels.length} ${panels.length === 1 ? "panel" : "panels"})`}</span>
            ) : null}
          </button>
        </h2>
      )}
      {isFolded || panels.length === 0 ? null : (
        <div class="hw-dashboard-grid" style={{ gridTemplateRows: `repeat(${height}, var(--hw-dashboard-cell))` }}>
          {panels.map((panel) => (
            <div key={panel.id} class="hw-dashboard-cell" style={placeOf(panel)}>
              <PanelFrame panel={panel} state={state} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** Set through the object model, which a policy without inline styles allows. On phones the style sheet overrides it. */
function placeOf({ grid: { x, y, w, h } }: Panel): CSSProperties {
  return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` };
}
