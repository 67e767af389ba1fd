/** A dashboard with the way back; its time range and variables stand in the page's address. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Fault, Loading } from "../../elements/notes.tsx";
import { useDashboardView } from "../../elements/use-dashboard-view.ts";
import { usePage } from "../../shell/page-context.ts";

export function DashboardFrame({ dashboard }: { readonly dashboard: unknown }): JSX.Element {
  const { api, live, router } = usePage();
  const { View, fault, reload } = useDashboardView();
  const { params } = router.route.value;
  const isDemo = live.overview.value?.is_demo === true;
  const shown = useMemo(() => (isDemo ? inDemo(params) : params), [params, isDemo]);
  const isKiosk = params.has("kiosk") && params.get("kiosk") !== "false";
  const setKiosk = (isWanted: boolean): void => {
    const next = new URLSearchParams(params);
    if (isWanted) next.set("kiosk", "true");
    else next.delete("kiosk");
    router.setParams(next, { replace: true });
  };
  return (
    <>
      <nav class={`hw-dashboards-bar${isKiosk ? " hw-dashboards-bar-kiosk" : ""}`} aria-label="This dashboard">
        <a href="#/dashboards">All dashboards</a>
        <button
          type="button"
          class="hw-button hw-button-small"
          aria-pressed={isKiosk}
          onClick={() => setKiosk(!isKiosk)}
        >
          {isKiosk ? "Show all" : "Only the dashboard"}
        </button>
      </nav>
      {fault !== undefined ? (
        <Fault what="What draws dashboards could not be loaded" why={fault} onRetry={reload} />
      ) : View === undefined ? (
        <Loading what="what draws dashboards" />
      ) : (
        <div class="hw-live">
          <View
            dashboard={dashboard}
            api={api}
            params={shown}
            onParamsChange={(next, options) => router.setParams(next, options)}
            now={() => live.nowMs.peek()}
          />
        </div>
      )}
    </>
  );
}

/** A demo is minutes old: on an hour's axis its lines would be slivers at the edge. */
function inDemo(params: URLSearchParams): URLSearchParams {
  if (params.has("from")) return params;
  const recent = new URLSearchParams(params);
  recent.set("from", "now-5m");
  recent.set("to", "now");
  return recent;
}
