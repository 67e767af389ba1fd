/** All dashboards, by pack; one of them open; or one from a file. */
import type { JSX } from "preact";
import { usePage } from "../../shell/page-context.ts";
import { DashboardList } from "./dashboard-list.tsx";
import { OpenDashboard, OpenFile } from "./open-dashboard.tsx";
import { FILE_UID } from "./opened-file.ts";
import "./dashboards.css";

export function DashboardsPage(): JSX.Element {
  const { router } = usePage();
  const [uid] = router.route.value.rest;
  if (uid === undefined) return <DashboardList />;
  return uid === FILE_UID ? <OpenFile /> : <OpenDashboard key={uid} uid={uid} />;
}
