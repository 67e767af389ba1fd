/** A dashboard with the way back; its time range and variables stand in the page's address. */
import type { JSX } from "preact";
import { Fault, Loading } from "../../elements/notes.tsx";
import { useDashboardView } from "../../elements/use-dashboard-view.ts";
import { usePage } from "../../shell/page-context.ts";

export function DashboardFrame({ dashboard }: { readonly dashboard: unknown }): JSX.Element {
  const { api, live, router } = usePage();
  const { View, fault, reload } = useDashboardView();
  const { params } = router.route.value;
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
            params={params}
            onParamsChange={(next, options) => router.setParams(next, options)}
            now={() => live.nowMs.peek()}
          />
        </div>
      )}
    </>
  );
}
