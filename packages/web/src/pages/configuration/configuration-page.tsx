/** Every value in force: where it is from, what it is called there; limits first, as they are what people change. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConfigAnswer, ConfigValueAnswer, ThresholdAnswer } from "../../api/answers.ts";
import { amountText } from "../../elements/amount.ts";
import { AsOf } from "../../elements/as-of.tsx";
import { Badge } from "../../elements/health.tsx";
import { Markdown } from "../../elements/markdown.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { matchesSearch, SearchField } from "../../elements/search-field.tsx";
import { Segments } from "../../elements/segments.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";
import "./configuration.css";

/** Which values: all, or those that somebody has set. */
type Shown = "all" | "set";

const REFRESH_MS = 15_000;

/** Sources from which a value comes that nobody here has written. */
const NOT_SET: readonly string[] = ["default", "pack"];

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
  const isShown = (source: string): boolean => shown === "all" || !NOT_SET.includes(source);
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
            <Thresholds thresholds={thresholds} changed={changed} isSearching={search !== "" || shown !== "all"} />
          </section>
          <section class="hw-section" aria-labelledby="values">
            <h2 id="values">All other values</h2>
            <Values values={values} changed={changed} />
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

interface ThresholdsProps {
  readonly thresholds: readonly ThresholdAnswer[];
  readonly changed: ReadonlyMap<string, string>;
  readonly isSearching: boolean;
}

function Thresholds({ thresholds, changed, isSearching }: ThresholdsProps): JSX.Element {
  if (thresholds.length === 0) {
    return (
      <Empty title={isSearching ? "No limit matches" : "There are no limits"}>
        {isSearching ? undefined : (
          <p>
            Packs bring them: <code>[packs] enabled = ["arbitrage"]</code>
          </p>
        )}
      </Empty>
    );
  }
  return (
    <ScrollTable of="limits" isStacked>
      <thead>
        <tr>
          <th scope="col">Limit</th>
          <th scope="col" class="hw-number">
            Value
          </th>
          <th scope="col">What it is</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {thresholds.map(({ name, value, unit, help, source, where }) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
            </td>
            <td class="hw-number">
              {amountText(value, unit)}
              <Changed before={changed.get(`thresholds.${name}`)} />
            </td>
            <td>
              <Markdown text={help} />
            </td>
            <td>
              <Source source={source} where={where} />
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

interface ValuesProps {
  readonly values: readonly ConfigValueAnswer[];
  readonly changed: ReadonlyMap<string, string>;
}

function Values({ values, changed }: ValuesProps): JSX.Element {
  if (values.length === 0) return <Empty title="No value matches" />;
  return (
    <ScrollTable of="all other values" isStacked>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Value</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {values.map(({ key, text, source, where }) => (
          <tr key={key}>
            <td>
              <code>{key}</code>
            </td>
            <td>
              <code>{text}</code>
              <Changed before={changed.get(key)} />
            </td>
            <td>
              <Source source={source} where={where} />
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function Changed({ before }: { readonly before: string | undefined }): JSX.Element | null {
  if (before === undefined) return null;
  return (
    <p class="hw-config-changed">
      <Badge tone="info" text="changed" /> was <code>{before}</code>
    </p>
  );
}

function Source({ source, where }: { readonly source: string; readonly where: string }): JSX.Element {
  const isDefault = source === "default";
  return (
    <span class={isDefault ? "hw-muted" : ""}>
      {isDefault ? "default" : <code>{where}</code>}
      {isDefault || where === source ? null : <span class="hw-muted hw-small"> ({source})</span>}
    </span>
  );
}
