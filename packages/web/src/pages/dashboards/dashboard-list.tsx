import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { DashboardEntry } from "../../api/answers.ts";
import { Badge } from "../../elements/health.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { matchesSearch, SearchField } from "../../elements/search-field.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { ControlForm } from "../../shell/control-form.tsx";
import { Dialog } from "../../shell/dialog.tsx";
import { usePage } from "../../shell/page-context.ts";
import { routeHash } from "../../shell/router.ts";
import { useOpenFile } from "../../shell/use-open-file.ts";

const SNIPPET = `# haltwatch.toml
[packs]
enabled = ["arbitrage"]   # brings its dashboards

[dashboards]
paths = ["dashboards/*.json"]`;

export function DashboardList(): JSX.Element {
  const { haltwatch, live, router } = usePage();
  const { params } = router.route.value;
  const search = params.get("search") ?? "";
  // As a dashboard's own links name them: those with all of these tags.
  const wanted = (params.get("tags") ?? "").split(",").filter((tag) => tag !== "");
  const { data, fault, reload } = useResource("dashboards", (signal) => haltwatch.dashboards({ signal }));
  const [forgetting, setForgetting] = useState<DashboardEntry | undefined>();
  const shown = (data ?? []).filter(
    ({ title, description, tags, pack }) =>
      wanted.every((tag) => tags.includes(tag)) && matchesSearch(search, [title, description, pack ?? "", ...tags]),
  );
  const setParam = (name: string, value: string): void => {
    const next = new URLSearchParams(params);
    if (value === "") next.delete(name);
    else next.set(name, value);
    router.setParams(next, { replace: true });
  };
  const setSearch = (value: string): void => setParam("search", value);
  const isNarrowed = search !== "" || wanted.length > 0;
  return (
    <>
      <div class="hw-page-head">
        <h1>Dashboards</h1>
        <div class="hw-page-actions">
          <SearchField label="Search dashboards" value={search} onInput={setSearch} />
          <FileButton />
        </div>
      </div>
      {wanted.length === 0 ? null : (
        <p class="hw-dashboards-tags">
          <span>With the {wanted.length === 1 ? "tag" : "tags"}</span>
          <span class="hw-labels">
            {wanted.map((tag) => (
              <span key={tag} class="hw-label">
                {tag}
              </span>
            ))}
          </span>
          <a href="#/dashboards">Show all</a>
        </p>
      )}
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The dashboards could not be loaded" why={fault} onRetry={reload} />
      )}
      {data === undefined ? (
        fault === undefined ? (
          <Loading what="dashboards" />
        ) : null
      ) : shown.length === 0 ? (
        <Empty title={isNarrowed ? "No dashboard matches" : "There are no dashboards"} icon="file">
          {!isNarrowed ? (
            <>
              <p>Drop a Grafana dashboard's JSON file on this page, or name yours:</p>
              <Snippet>{SNIPPET}</Snippet>
            </>
          ) : undefined}
        </Empty>
      ) : (
        <div class="hw-dashboards-groups">
          {groupsOf(shown).map(([group, dashboards]) => (
            <section key={group} class="hw-dashboards-group" aria-label={group}>
              <h2>{group}</h2>
              <ul class="hw-dashboards">
                {dashboards.map((dashboard) => (
                  <li key={dashboard.uid}>
                    <DashboardLink dashboard={dashboard} />
                    {dashboard.source === "kept" ? (
                      <button
                        type="button"
                        class="hw-button hw-button-small"
                        aria-label={`Forget ${dashboard.title}…`}
                        onClick={() => setForgetting(dashboard)}
                      >
                        Forget…
                      </button>
                    ) : null}
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
      {forgetting === undefined ? null : (
        <ForgetDialog
          dashboard={forgetting}
          onClose={() => setForgetting(undefined)}
          onForgotten={() => {
            setForgetting(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}

interface ForgetDialogProps {
  readonly dashboard: DashboardEntry;
  readonly onClose: () => void;
  readonly onForgotten: () => void;
}

function ForgetDialog({ dashboard: { uid, title }, onClose, onForgotten }: ForgetDialogProps): JSX.Element {
  const { haltwatch, toasts } = usePage();
  const forget = async (): Promise<void> => {
    await haltwatch.forgetDashboard(uid);
    toasts.show({ tone: "info", text: `${title} is forgotten.` });
    onForgotten();
  };
  return (
    <Dialog title="Forget the dashboard" onClose={onClose}>
      <ControlForm submit="Forget it" tone="accent" asksWho={false} act={forget} onCancel={onClose}>
        <p>{title} goes from the list, for everybody who looks here. Its file, if there is one, stays where it is.</p>
      </ControlForm>
    </Dialog>
  );
}

/** By pack, then those of the user's own. */
function groupsOf(dashboards: readonly DashboardEntry[]): [string, DashboardEntry[]][] {
  const groups = new Map<string, DashboardEntry[]>();
  for (const dashboard of dashboards) {
    const group = dashboard.pack ?? (dashboard.source === "kept" ? "Kept here" : "Your own");
    groups.set(group, [...(groups.get(group) ?? []), dashboard]);
  }
  return [...groups];
}

function DashboardLink({
  dashboard: { uid, title, description, tags, error },
}: {
  readonly dashboard: DashboardEntry;
}): JSX.Element {
  return (
    <a class="hw-card hw-dashboard-link" href={routeHash("dashboards", [uid])}>
      <strong>{title}</strong>
      {error === undefined ? null : <Badge tone="critical" text={`cannot be read: ${error}`} />}
      {description === "" ? null : <span class="hw-muted hw-small">{description}</span>}
      {tags.length === 0 ? null : (
        <span class="hw-labels">
          {tags.map((tag) => (
            <span key={tag} class="hw-label">
              {tag}
            </span>
          ))}
        </span>
      )}
    </a>
  );
}

/** The same as dropping a file, with a keyboard. */
function FileButton(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const open = useOpenFile();
  return (
    <>
      <button type="button" class="hw-button" onClick={() => input.current?.click()}>
        Open a file…
      </button>
      <input
        ref={input}
        class="hw-hidden"
        type="file"
        accept=".json,application/json"
        tabIndex={-1}
        aria-label="Dashboard file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) void open(file);
        }}
      />
    </>
  );
}
