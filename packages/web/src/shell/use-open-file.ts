import { errorText } from "../api/api-error.ts";
import { FILE_UID, readDashboardFile } from "../pages/dashboards/opened-file.ts";
import { usePage } from "./page-context.ts";

/** @returns what opens a dashboard's file, or says why it cannot */
export function useOpenFile(): (file: File) => Promise<void> {
  const { file, router, toasts } = usePage();
  return async (given) => {
    try {
      file.value = await readDashboardFile(given);
      router.go("dashboards", [FILE_UID]);
    } catch (error) {
      toasts.show({ tone: "critical", text: errorText(error) });
    }
  };
}
