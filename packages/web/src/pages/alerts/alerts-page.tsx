/** What fires, what may fire soon, what is silenced: what each means, what to do, and what Haltwatch does about it. */
import type { JSX } from "preact";
import type { SilenceAnswer } from "../../api/answers.ts";
import { countText } from "../../elements/amount.ts";
import { AsOf } from "../../elements/as-of.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { matchesSearch, SearchField } from "../../elements/search-field.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";
import { AlertCard } from "./alert-card.tsx";
import { Channels } from "./channels.tsx";
import { RuleList } from "./rule-list.tsx";
import { type ShownAlert, shownAlerts } from "./shown-alert.ts";
import { SilenceList } from "./silence-list.tsx";
import "./alerts.css";

const REFRESH_MS = 5000;

export function AlertsPage(): JSX.Element {
  const { haltwatch, live, router } = usePage();
  const { params } = router.route.value;
  const search = params.get("search") ?? "";
  const { data, fault, reload } = useResource(
    "alerts",
    async (signal) => {
      const [groups, told, silences] = await Promise.all([
        haltwatch.rules({ signal }),
        haltwatch.toldAlerts({ signal }),
        haltwatch.silences({ signal }),
      ]);
      return { groups, silences, alerts: shownAlerts({ groups, told, silences }) };
    },
    { everyMs: REFRESH_MS, withChanges: true },
  );
  const setSearch = (value: string): void => {
    router.setParams(new URLSearchParams(value === "" ? {} : { search: value }), { replace: true });
  };
  const shown = (data?.alerts ?? []).filter(({ name, labels, annotations }) =>
    matchesSearch(search, [name, ...Object.values(labels), ...Object.values(annotations)]),
  );
  const active = (data?.silences ?? []).filter(({ status }) => status.state !== "expired");
  return (
    <>
      <div class="hw-page-head">
        <h1>Alerts</h1>
        <div class="hw-page-actions">
          <AsOf />
          <SearchField label="Search alerts and rules" value={search} onInput={setSearch} />
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The alerts could not be loaded" why={fault} onRetry={reload} />
      )}
      {data === undefined ? (
        fault === undefined ? (
          <Loading what="alerts" />
        ) : null
      ) : (
        <div class="hw-live">
          <Firing alerts={shown} isSearching={search !== ""} />
          <Some
            title="Pending"
            hint="Their condition holds, but not yet for long enough."
            alerts={of(shown, "pending")}
          />
          <Some
            title="Silenced"
            hint="They fire, and nobody is told. They pause all the same."
            alerts={of(shown, "silenced")}
          />
          <Silences silences={active} />
          <Channels />
          <RuleList groups={data.groups} search={search} />
        </div>
      )}
    </>
  );
}

function of(alerts: readonly ShownAlert[], state: ShownAlert["state"]): readonly ShownAlert[] {
  return alerts.filter((alert) => alert.state === state);
}

function Firing({
  alerts,
  isSearching,
}: {
  readonly alerts: readonly ShownAlert[];
  readonly isSearching: boolean;
}): JSX.Element {
  const firing = of(alerts, "firing");
  return (
    <section aria-labelledby="firing">
      <h2 id="firing" class="hw-alerts-title">
        Firing <span class="hw-muted">{firing.length}</span>
      </h2>
      {firing.length > 0 ? (
        <Cards alerts={firing} />
      ) : (
        <Empty title={isSearching ? "No alert that fires matches" : "No alert fires"} icon="ok">
          {isSearching ? <p>Look further with other words.</p> : <p>Below is what the rules watch for.</p>}
        </Empty>
      )}
    </section>
  );
}

interface SomeProps {
  readonly title: string;
  readonly hint: string;
  readonly alerts: readonly ShownAlert[];
}

function Some({ title, hint, alerts }: SomeProps): JSX.Element | null {
  if (alerts.length === 0) return null;
  return (
    <section class="hw-section" aria-label={title}>
      <h2 class="hw-alerts-title">
        {title} <span class="hw-muted">{alerts.length}</span>
      </h2>
      <p class="hw-muted hw-alerts-hint">{hint}</p>
      <Cards alerts={alerts} />
    </section>
  );
}

/** More at once are nobody's help, and make the tab slow. */
const MAX_CARDS = 100;

function Cards({ alerts }: { readonly alerts: readonly ShownAlert[] }): JSX.Element {
  return (
    <>
      <ul class="hw-alerts-list">
        {alerts.slice(0, MAX_CARDS).map((alert) => (
          <li key={alert.key}>
            <AlertCard alert={alert} />
          </li>
        ))}
      </ul>
      {alerts.length <= MAX_CARDS ? null : (
        <p class="hw-muted">
          {countText(alerts.length - MAX_CARDS, "more alert is", "more alerts are")} not shown: search for what you look
          for.
        </p>
      )}
    </>
  );
}

function Silences({ silences }: { readonly silences: readonly SilenceAnswer[] }): JSX.Element | null {
  if (silences.length === 0) return null;
  return (
    <section class="hw-section" aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      <SilenceList silences={silences} />
    </section>
  );
}
