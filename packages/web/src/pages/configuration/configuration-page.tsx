/** Every value in force: where it is from, what it is called there; limits first, as they are what people change. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConfigAnswer } from "../../api/answers.ts";
import { AsOf } from "../../elements/as-of.tsx";
import { Fault, Loading } from "../../elements/notes.tsx";
import { matchesSearch, SearchField } from "../../elements/search-field.tsx";
import { Segments } from "../../elements/segments.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";
import { Limits } from "./limits.tsx";
import { isSetHere } from "./value-source.tsx";
import { Values } from "./values.tsx";
import "./configuration.css";

/** Which values: all, or those that somebody has set. */
type Shown = "all" | "set";

const REFRESH_MS = 15_000;

export function ConfigurationPage(): JSX.Element {
  const { haltwatch, live, router, toasts } = usePage();
  const { params } = router.route.value;
  const search = params.get("search") ?? "";
  const [shown, setShown] = useState<Shown>("all");
  const { data, fault, reload } = useResource(
    "configuration",
    async (signal) => {
      const [config, thresholds] = await Promise.all([haltwatch.config({ signal }), haltwatch.thresholds({ signal })]);
      return { config, thresholds };
    },
    { everyMs: REFRESH_MS, withChanges: true },
  );
  const changed = useChangedKeys(data?.config);
  const setSearch = (value: string): void =>
    router.setParams(new URLSearchParams(value === "" ? {} : { search: value }), { replace: true });
  const isShown = (source: string): boolean => shown === "all" || isSetHere(source);
  const copy = (hash: string): void => {
    navigator.clipboard.writeText(hash).then(
      () => toasts.show({ tone: "info", text: "The hash is in the clipboard." }),
      () => toasts.show({ tone: "warning", text: "The clipboard is not to be had: mark the hash and copy it." }),
    );
  };
  const thresholds = (data?.thresholds ?? []).filter(
    ({ name, help, where, source }) => isShown(source) && matchesSearch(search, [name, help, where]),
  );
  const values = (data?.config.values ?? []).filter(
    ({ key, text, where, source }) =>
      !key.startsWith("thresholds.") && isShown(source) && matchesSearch(search, [key, text, where]),
  );
  const isNarrowed = search !== "" || shown !== "all";
  return (
    <>
      <div class="hw-page-head">
        <h1>Configuration</h1>
        <div class="hw-page-actions">
          <AsOf />
          <Segments<Shown>
            label="Which values"
            value={shown}
            options={[
              { value: "all", text: "All" },
              { value: "set", text: "Set here" },
            ]}
            onChange={setShown}
          />
          <SearchField label="Search values" value={search} onInput={setSearch} />
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The configuration could not be loaded" why={fault} onRetry={reload} />
      )}
      {data === undefined ? (
        fault === undefined ? (
          <Loading what="the configuration" />
        ) : null
      ) : (
        <div class="hw-live">
          <p class="hw-config-hash">
            <span class="hw-muted">SHA-256 of all values</span> <code>{data.config.hash}</code>
            <button type="button" class="hw-button hw-button-small" onClick={() => copy(data.config.hash)}>
              Copy
            </button>
            <a href="#/journal?kind=config-change">What has changed, and when</a>
          </p>
          <section class="hw-section" aria-labelledby="limits">
            <h2 id="limits">Limits</h2>
            <Limits thresholds={thresholds} changed={changed} isNarrowed={isNarrowed} />
          </section>
          <section class="hw-section" aria-labelledby="values">
            <h2 id="values">All other values</h2>
            <Values values={values} changed={changed} isNarrowed={isNarrowed} />
          </section>
        </div>
      )}
    </>
  );
}

/** Keys whose values are others than when the page was opened. */
function useChangedKeys(config: ConfigAnswer | undefined): ReadonlyMap<string, string> {
  const first = useRef<ReadonlyMap<string, string> | undefined>(undefined);
  const [changed, setChanged] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    if (config === undefined) return;
    const now = new Map(config.values.map(({ key, text }) => [key, text]));
    const before = first.current;
    if (before === undefined) first.current = now;
    else {
      setChanged(
        new Map(
          [...now]
            .filter(([key, text]) => before.get(key) !== text)
            .map(([key]) => [key, before.get(key) ?? "not set"]),
        ),
      );
    }
  }, [config]);
  return changed;
}
