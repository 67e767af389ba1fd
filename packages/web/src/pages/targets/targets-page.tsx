/** What Haltwatch scrapes, whether it answers, and if not, why. */
import type { JSX } from "preact";
import type { TargetAnswer } from "../../api/answers.ts";
import { AsOf } from "../../elements/as-of.tsx";
import { Badge } from "../../elements/health.tsx";
import { LabelList } from "../../elements/label-list.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { matchesSearch, SearchField } from "../../elements/search-field.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";
import { scrapeFault } from "./scrape-fault.ts";

const REFRESH_MS = 5000;

const ORDER = { down: 0, unknown: 1, up: 2 } as const;

const SNIPPET = `# haltwatch.toml: read again by itself within a second
[[scrape_configs]]
job_name = "arbitrage"
static_configs = [{ targets = ["127.0.0.1:9464"] }]`;

export function TargetsPage(): JSX.Element {
  const { haltwatch, live, router } = usePage();
  const search = router.route.value.params.get("search") ?? "";
  const { data, fault, reload } = useResource("targets", (signal) => haltwatch.targets({ signal }), {
    everyMs: REFRESH_MS,
    withChanges: true,
  });
  const targets = (data?.activeTargets ?? [])
    .filter(({ scrapeUrl, labels, lastError }) =>
      matchesSearch(search, [scrapeUrl, lastError, ...Object.values(labels)]),
    )
    .toSorted((a, b) => ORDER[a.health] - ORDER[b.health]);
  const setSearch = (value: string): void =>
    router.setParams(new URLSearchParams(value === "" ? {} : { search: value }), { replace: true });
  return (
    <>
      <div class="hw-page-head">
        <h1>Targets</h1>
        <div class="hw-page-actions">
          <AsOf />
          <SearchField label="Search targets" value={search} onInput={setSearch} />
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The targets could not be loaded" why={fault} onRetry={reload} />
      )}
      {data === undefined ? (
        fault === undefined ? (
          <Loading what="targets" />
        ) : null
      ) : targets.length === 0 ? (
        <Empty title={search === "" ? "Nothing is scraped" : "No target matches"}>
          {search === "" ? (
            <>
              <p>Linked bots send their samples themselves. Others are scraped:</p>
              <Snippet>{SNIPPET}</Snippet>
            </>
          ) : undefined}
        </Empty>
      ) : (
        <div class="hw-live">
          <TargetTable targets={targets} />
          {data.droppedTargets.length === 0 ? null : (
            <p class="hw-muted hw-section">{data.droppedTargets.length} more are dropped by relabelling.</p>
          )}
        </div>
      )}
    </>
  );
}

function TargetTable({ targets }: { readonly targets: readonly TargetAnswer[] }): JSX.Element {
  return (
    <ScrollTable of="targets" isStacked>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Target</th>
          <th scope="col">Labels</th>
          <th scope="col">Last scrape</th>
          <th scope="col" class="hw-number">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {targets.map((target) => (
          <TargetRow key={`${target.scrapePool} ${target.scrapeUrl}`} target={target} />
        ))}
      </tbody>
    </ScrollTable>
  );
}

function TargetRow({ target }: { readonly target: TargetAnswer }): JSX.Element {
  const { health, scrapeUrl, labels, lastScrape, lastScrapeDuration, lastError, scrapeInterval } = target;
  const fault = lastError === "" ? undefined : scrapeFault(lastError);
  return (
    <tr>
      <td>
        {health === "up" ? (
          <Badge tone="ok" text="up" />
        ) : health === "down" ? (
          <Badge tone="critical" text="down" isSolid />
        ) : (
          <Badge tone="unknown" text="not yet" />
        )}
      </td>
      <td>
        <code>{scrapeUrl}</code>
        {fault === undefined ? null : (
          <>
            <p>
              <strong>{fault.what}</strong> {fault.toDo}
            </p>
            <p class="hw-muted hw-small">{lastError}</p>
          </>
        )}
      </td>
      <td>
        <LabelList labels={labels} />
      </td>
      <td>
        <RelativeTime time={lastScrape} none="not yet" />
        <p class="hw-muted hw-small">every {scrapeInterval}</p>
      </td>
      <td class="hw-number">{(lastScrapeDuration * 1000).toFixed(1)} ms</td>
    </tr>
  );
}
