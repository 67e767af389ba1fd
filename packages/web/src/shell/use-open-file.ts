import { errorText } from "../api/api-error.ts";
import { FILE_UID } from "../pages/dashboards/opened-file.ts";
import { usePage } from "./page-context.ts";

/** @returns what opens a dashboard's file, or says why it cannot */
export function useOpenFile(): (file: File) => Promise<void> {
  const { file, router, toasts } = usePage();
  return async (given) => {
    try {
      // With what draws dashboards, which is loaded when one is first looked at.
      const { readDashboardFile } = await import("../dashboard/index.ts");
      file.value = { name: given.name, dashboard: await readDashboardFile(given) };
      router.go("dashboards", [FILE_UID]);
    } catch (error) {
      const hint = error instanceof Error && "hint" in error ? `. ${String(error.hint)}` : "";
      toasts.show({ tone: "critical", text: `${given.name} was not opened: ${errorText(error)}${hint}` });
    }
  };
}
