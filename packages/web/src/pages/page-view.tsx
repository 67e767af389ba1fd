/** The page that the address names. Those that are not looked at first are loaded when they are. */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { errorText } from "../api/api-error.ts";
import { Empty, Fault, Loading } from "../elements/notes.tsx";
import { usePage } from "../shell/page-context.ts";
import type { PageName } from "../shell/router.ts";
import { AlertsPage } from "./alerts/alerts-page.tsx";
import { OverviewPage } from "./overview/overview-page.tsx";

type LoadedPage = Exclude<PageName, "overview" | "alerts">;

const LOADERS: Readonly<Record<LoadedPage, () => Promise<ComponentType>>> = {
  dashboards: async () => (await import("./dashboards/dashboards-page.tsx")).DashboardsPage,
  explore: async () => (await import("./explore/explore-page.tsx")).ExplorePage,
  journal: async () => (await import("./journal/journal-page.tsx")).JournalPage,
  heartbeat: async () => (await import("./heartbeat/heartbeat-page.tsx")).HeartbeatPage,
  reports: async () => (await import("./reports/reports-page.tsx")).ReportsPage,
  configuration: async () => (await import("./configuration/configuration-page.tsx")).ConfigurationPage,
  targets: async () => (await import("./targets/targets-page.tsx")).TargetsPage,
  "what-if": async () => (await import("./what-if/what-if-page.tsx")).WhatIfPage,
};

export function PageView(): JSX.Element {
  const { page } = usePage().router.route.value;
  if (page === "overview") return <OverviewPage />;
  if (page === "alerts") return <AlertsPage />;
  if (page === undefined) {
    return (
      <>
        <h1>Not found</h1>
        <Empty title="There is no such page" icon="unknown">
          <a href="#/overview">To the overview</a>
        </Empty>
      </>
    );
  }
  return <Loaded key={page} page={page} />;
}

function Loaded({ page }: { readonly page: LoadedPage }): JSX.Element {
  const [loaded, setLoaded] = useState<{ readonly View?: ComponentType; readonly fault?: string }>({});
  const [attempt, setAttempt] = useState(0);
  // Another attempt loads again
  useEffect(() => {
    let isWanted = true;
    LOADERS[page]().then(
      (View) => isWanted && setLoaded({ View }),
      (error: unknown) => isWanted && setLoaded({ fault: errorText(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [page, attempt]);
  const { View, fault } = loaded;
  if (View !== undefined) return <View />;
  if (fault === undefined) return <Loading what="the page" />;
  return (
    <Fault
      what="This part of the page could not be loaded"
      why={`If Haltwatch was updated, load the whole page again. ${fault}`}
      onRetry={() => setAttempt(attempt + 1)}
    />
  );
}
