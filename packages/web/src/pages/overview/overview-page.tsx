/** Each bot: whether it trades, why not, since when, and how it has been. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BotAnswer } from "../../api/answers.ts";
import { countText } from "../../elements/amount.ts";
import { AsOf } from "../../elements/as-of.tsx";
import { Badge } from "../../elements/health.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { Segments } from "../../elements/segments.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { holdOf } from "../../shell/bot-hold.ts";
import { usePage } from "../../shell/page-context.ts";
import { BotCard, type StripSpan } from "./bot-card.tsx";
import { OtherPauses } from "./other-pauses.tsx";
import "./overview.css";

const SPAN_KEY = "haltwatch.overview.span";

export function OverviewPage(): JSX.Element {
  const { dialogs, kept, live } = usePage();
  const [span, setSpan] = useState<StripSpan>(kept.getItem(SPAN_KEY) === "30 d" ? "30 d" : "24 h");
  const overview = live.overview.value;
  const fault = live.fault.value;
  return (
    <>
      <div class="hw-page-head">
        <h1>Overview</h1>
        <div class="hw-page-actions">
          <AsOf />
          <Segments<StripSpan>
            label="Heartbeat over"
            value={span}
            options={[{ value: "24 h" }, { value: "30 d" }]}
            onChange={(value) => {
              kept.setItem(SPAN_KEY, value);
              setSpan(value);
            }}
          />
          <button
            type="button"
            class="hw-button hw-button-paused"
            onClick={() => dialogs.show({ kind: "pause", scope: "all" })}
          >
            Pause everything…
          </button>
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The newest state could not be loaded" why={fault} onRetry={() => live.refresh()} />
      )}
      {overview === undefined ? (
        fault === undefined ? (
          <Loading what="how things stand" />
        ) : null
      ) : (
        <div class="hw-live">
          <OtherPauses />
          {overview.bots.length === 0 ? <NoBots /> : null}
          <ul class="hw-overview-bots">
            {worstFirst(overview.bots).map((bot) => (
              <li key={bot.bot}>
                <BotCard bot={bot} span={span} />
              </li>
            ))}
          </ul>
          <section class="hw-section" aria-labelledby="watching">
            <h2 id="watching">Watching</h2>
            <ul class="hw-overview-watching">
              <Count
                href="#/targets"
                what="Targets"
                bad={overview.targets.down}
                badText={`${overview.targets.down} down`}
                good={`${overview.targets.up} up`}
                isNone={overview.targets.up + overview.targets.down + overview.targets.unknown === 0}
              />
              <Count
                href="#/heartbeat"
                what="Probes"
                bad={overview.probes.down}
                badText={`${overview.probes.down} down`}
                good={`${overview.probes.up} up`}
                isNone={overview.probes.up + overview.probes.down === 0}
              />
              <Count
                href="#/alerts"
                what="Alerts"
                bad={overview.alerts.firing}
                badText={`${overview.alerts.firing} firing`}
                good={
                  overview.alerts.pending === 0
                    ? "none fires"
                    : `${countText(overview.alerts.pending, "alert")} pending`
                }
                isNone={false}
                tone={overview.alerts.critical > 0 ? "critical" : "warning"}
              />
              <li>
                <span class="hw-muted">Version</span> <span>{overview.version}</span>
              </li>
              <li>
                <span class="hw-muted">Configuration</span>{" "}
                <a href="#/configuration" class="hw-mono" title={overview.config_hash}>
                  {overview.config_hash.slice(0, 12)}
                </a>
              </li>
            </ul>
          </section>
        </div>
      )}
    </>
  );
}

/** `bot-2` stands before `bot-10`. */
const ORDER = new Intl.Collator("en", { numeric: true });

/** Whoever looks because something is wrong sees it without scrolling; the others stay where they are. */
function worstFirst(bots: readonly BotAnswer[]): readonly BotAnswer[] {
  const rank = (bot: BotAnswer): number => {
    if (holdOf(bot) !== undefined) return 0;
    if (!bot.is_answering) return 1;
    return bot.alerts.critical > 0 ? 2 : bot.alerts.warning > 0 ? 3 : 4;
  };
  return bots.toSorted((a, b) => rank(a) - rank(b) || ORDER.compare(a.bot, b.bot));
}

interface CountProps {
  readonly href: string;
  readonly what: string;
  readonly bad: number;
  readonly badText: string;
  readonly good: string;
  readonly isNone: boolean;
  readonly tone?: "critical" | "warning";
}

function Count({ href, what, bad, badText, good, isNone, tone = "critical" }: CountProps): JSX.Element {
  return (
    <li>
      <a href={href}>{what}</a>
      {isNone ? <Badge tone="unknown" text="none" /> : null}
      {bad > 0 ? <Badge tone={tone} text={badText} /> : null}
      {isNone || bad > 0 ? null : <Badge tone="ok" text={good} />}
    </li>
  );
}

const LINK_SNIPPET = `import { startLink } from "@haltwatch/bot";

const link = startLink({ url: "http://127.0.0.1:9898", bot: "arb-1", registry });
if (link.guard.allowed("open", { venue: "cex" })) { … }`;

const SCRAPE_SNIPPET = `# haltwatch.toml
[[scrape_configs]]
job_name = "arbitrage"
static_configs = [{ targets = ["127.0.0.1:9464"], labels = { bot = "arb-1" } }]`;

function NoBots(): JSX.Element {
  return (
    <Empty title="No bot is watched yet" icon="unknown">
      <p>Link a bot, so that it can be paused within milliseconds:</p>
      <Snippet>{LINK_SNIPPET}</Snippet>
      <p>Or let Haltwatch scrape its metrics:</p>
      <Snippet>{SCRAPE_SNIPPET}</Snippet>
    </Empty>
  );
}
