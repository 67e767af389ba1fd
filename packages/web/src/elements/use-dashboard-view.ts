/** What draws dashboards and their panels: a chunk of its own, loaded when one is first looked at. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { errorText } from "../api/api-error.ts";
import type { DashboardViewProps } from "../dashboard/index.ts";

export interface LoadedView {
  readonly View: ComponentType<DashboardViewProps> | undefined;
  /** Why it could not be loaded. */
  readonly fault: string | undefined;
  readonly reload: () => void;
}

export function useDashboardView(): LoadedView {
  const [loaded, setLoaded] = useState<Pick<LoadedView, "View" | "fault">>({ View: undefined, fault: undefined });
  const [attempt, setAttempt] = useState(0);
  // Another attempt loads again
  useEffect(() => {
    let isWanted = true;
    import("../dashboard/index.ts").then(
      ({ DashboardView }) => isWanted && setLoaded({ View: DashboardView, fault: undefined }),
      (error: unknown) => isWanted && setLoaded({ View: undefined, fault: errorText(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [attempt]);
  return { ...loaded, reload: () => setAttempt(attempt + 1) };
}
