/** What a page has asked Haltwatch for: loaded, kept while it is loaded again, asked for anew after a gap and after changes. */
import { useEffect, useRef, useState } from "preact/hooks";
import { errorText, isAbort } from "../api/api-error.ts";
import { usePage } from "../shell/page-context.ts";

export interface Resource<T> {
  readonly data: T | undefined;
  /** Why the newest attempt came to nothing. */
  readonly fault: string | undefined;
  /** When `data` was had, by Haltwatch's clock. */
  readonly asOfMs: number | undefined;
  readonly reload: () => void;
}

export interface ResourceOptions {
  /** Asked for again so often while somebody looks; never without it. */
  readonly everyMs?: number;
  /** Also when an alert, a pause or the configuration changes. */
  readonly withChanges?: boolean;
}

/** @param key another key is another resource: what was loaded for the old one is not shown */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  { everyMs, withChanges = false }: ResourceOptions = {},
): Resource<T> {
  const { live } = usePage();
  const [state, setState] = useState<{ key: string; data?: T; fault?: string; asOfMs?: number }>({ key });
  const [attempt, setAttempt] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  const generation = live.generation.value;
  const changes = withChanges ? live.changes.value : 0;

  // Asked for again when any of these is another
  useEffect(() => {
    const calledOff = new AbortController();
    let isUnderWay = false;
    const ask = (): void => {
      if (isUnderWay || document.hidden) return;
      isUnderWay = true;
      loader
        .current(calledOff.signal)
        .then(
          (data) => setState({ key, data, asOfMs: live.nowMs.peek() }),
          (error: unknown) => {
            if (!isAbort(error))
              setState((before) => ({ ...(before.key === key ? before : { key }), fault: errorText(error) }));
          },
        )
        .finally(() => {
          isUnderWay = false;
        });
    };
    ask();
    const timer = everyMs === undefined ? undefined : setInterval(ask, everyMs);
    document.addEventListener("visibilitychange", ask);
    return () => {
      calledOff.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [key, attempt, generation, changes, everyMs]);

  const isOwn = state.key === key;
  return {
    data: isOwn ? state.data : undefined,
    fault: isOwn ? state.fault : undefined,
    asOfMs: isOwn ? state.asOfMs : undefined,
    reload: () => setAttempt((before) => before + 1),
  };
}
