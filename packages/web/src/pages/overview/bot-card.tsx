/** One bot at a glance. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { BotAnswer, PauseAnswer } from "../../api/answers.ts";
import { amountText, countText, signedAmount, usdText } from "../../elements/amount.ts";
import { Badge } from "../../elements/health.tsx";
import { Icon } from "../../elements/icon.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { SparkLine } from "../../elements/spark-line.tsx";
import { Strip } from "../../elements/strip.tsx";
import { ageText } from "../../elements/time-text.ts";
import { armScopeOf, holdOf, weightiestFirst } from "../../shell/bot-hold.ts";
import { usePage } from "../../shell/page-context.ts";
import { TradingBadge } from "../../shell/trading-badge.tsx";

export type StripSpan = "24 h" | "30 d";

const HOUR_MS = 3_600_000;

const SPANS = { "24 h": 24 * HOUR_MS, "30 d": 30 * 24 * HOUR_MS } as const satisfies Record<StripSpan, number>;

const VIA = { link: "linked", scrape: "scraped", orchestrator: "by its orchestrator" } as const;

/** More are one click away: a bot whose series vanish is paused by each rule that wants them. */
const MAX_PAUSES = 3;

export interface BotCardProps {
  readonly bot: BotAnswer;
  readonly span: StripSpan;
}

export function BotCard({ bot, span }: BotCardProps): JSX.Element {
  const { dialogs } = usePage();
  const titleId = useId();
  const hold = holdOf(bot);
  const isPaused = hold !== undefined;
  const tone = isPaused
    ? "paused"
    : bot.is_answering
      ? bot.alerts.critical > 0
        ? "critical"
        : bot.alerts.warning > 0
          ? "warning"
          : "ok"
      : "critical";
  return (
    <article
      class={`hw-card hw-bot hw-tone-${tone} hw-bot-${isPaused ? "paused" : "trading"}`}
      aria-labelledby={titleId}
    >
      <header class="hw-bot-head">
        <div>
          <h2 id={titleId}>{bot.bot}</h2>
          <p class="hw-muted hw-small">
            {bot.pack ?? "no pack"}, {VIA[bot.via]}
          </p>
        </div>
        <div class="hw-bot-badges">
          {bot.is_answering ? null : <Badge tone="critical" text="No answer" icon="offline" isSolid />}
          {isPaused || bot.is_answering ? <TradingBadge bot={bot} /> : null}
        </div>
      </header>

      {isPaused ? <Pauses bot={bot} isOutOfReach={hold.isOutOfReach} /> : null}

      <div class="hw-bot-strip">
        <p class="hw-bot-label">
          <span>Heartbeat</span>
          <span class="hw-muted">{span}</span>
        </p>
        <Strip
          parts={span === "24 h" ? bot.strip_24h : bot.strip_30d}
          spanMs={SPANS[span]}
          name={`Heartbeat of ${bot.bot}`}
          span={span}
        />
      </div>

      <Pnl bot={bot} />

      <dl class="hw-bot-facts">
        <div>
          <dt>Alerts</dt>
          <dd>
            <AlertCounts bot={bot} />
          </dd>
        </div>
        {bot.wallets.length === 0 ? null : (
          <div>
            <dt>Wallets</dt>
            <dd>
              <ul class="hw-bot-wallets">
                {bot.wallets.map(({ wallet, asset, usd, is_low }) => (
                  <li key={`${wallet} ${asset}`}>
                    <span>
                      {wallet} {asset}
                    </span>
                    <span class={is_low ? "hw-bot-low" : ""}>
                      {is_low ? <Icon name="warning" /> : null}
                      {usd === null ? "not known" : usdText(usd)}
                      {is_low ? " low" : ""}
                    </span>
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
        <div>
          <dt>Last sample</dt>
          <dd class={bot.is_answering ? "" : "hw-bot-low"}>
            <RelativeTime time={bot.last_sample} />
          </dd>
        </div>
      </dl>

      <footer class="hw-bot-foot">
        {hold?.state === "HALTED" && !hold.isInPart ? null : (
          <button
            type="button"
            class="hw-button"
            aria-label={`Pause ${bot.bot}…`}
            onClick={() => dialogs.show({ kind: "pause", scope: `bot:${bot.bot}` })}
          >
            Pause…
          </button>
        )}
        {isPaused ? (
          <button
            type="button"
            class="hw-button"
            aria-label={`Arm ${bot.bot}…`}
            onClick={() => dialogs.show({ kind: "arm", scope: armScopeOf(bot) })}
          >
            Arm…
          </button>
        ) : null}
        {bot.alerts.critical + bot.alerts.warning + bot.alerts.info > 0 ? (
          <a class="hw-button hw-button-bare" href={`#/alerts?search=${encodeURIComponent(bot.bot)}`}>
            Its alerts
          </a>
        ) : null}
      </footer>
    </article>
  );
}

function Pauses({ bot, isOutOfReach }: { readonly bot: BotAnswer; readonly isOutOfReach: boolean }): JSX.Element {
  const all = weightiestFirst(bot.pauses);
  const more = all.slice(MAX_PAUSES);
  const lines = (pauses: readonly PauseAnswer[]): JSX.Element[] =>
    pauses.map((pause) => <PauseLine key={pause.epoch} pause={pause} bot={bot.bot} />);
  return (
    <div class="hw-bot-pauses">
      {isOutOfReach ? (
        <p class="hw-bot-low">
          <Icon name="warning" />
          Haltwatch only reads its metrics, and cannot stop it. Stop it yourself.
        </p>
      ) : null}
      <ul>{lines(all.slice(0, MAX_PAUSES))}</ul>
      {more.length === 0 ? null : (
        <details>
          <summary>{countText(more.length, "more pause")}</summary>
          <ul>{lines(more)}</ul>
        </details>
      )}
    </div>
  );
}

function PauseLine({ pause, bot }: { readonly pause: PauseAnswer; readonly bot: string }): JSX.Element {
  const { scope, rule, by, reason, time } = pause;
  return (
    <li>
      <p>
        <strong>{rule === undefined ? `By ${by}` : rule}</strong> <RelativeTime time={time} as="since" />
        {scope === `bot:${bot}` ? null : <span class="hw-muted"> ({scope})</span>}
      </p>
      <p>{reason}</p>
    </li>
  );
}

function AlertCounts({ bot: { alerts } }: { readonly bot: BotAnswer }): JSX.Element {
  const { critical, warning, info } = alerts;
  if (critical + warning + info === 0) return <Badge tone="ok" text="none fires" />;
  return (
    <span class="hw-bot-badges">
      {critical === 0 ? null : <Badge tone="critical" text={`${critical} critical`} />}
      {warning === 0 ? null : <Badge tone="warning" text={countText(warning, "warning")} />}
      {info === 0 ? null : <Badge tone="info" text={`${info} info`} />}
    </span>
  );
}

function Pnl({ bot: { bot, pnl } }: { readonly bot: BotAnswer }): JSX.Element | null {
  const [first, last] = [pnl?.points[0], pnl?.points.at(-1)];
  if (pnl === null || first === undefined || last === undefined || pnl.points.length < 2) return null;
  const change = last[1] - first[1];
  const moved = `${signedAmount(change, pnl.unit)} in ${ageText((last[0] - first[0]) * 1000)}`;
  return (
    <div class="hw-bot-pnl">
      <p class="hw-bot-label">
        <span>P&amp;L</span>
        <span>
          <strong>{amountText(last[1], pnl.unit)}</strong> <span class="hw-muted">({moved})</span>
        </span>
      </p>
      <SparkLine points={pnl.points} label={`Profit and loss of ${bot}: ${amountText(last[1], pnl.unit)}, ${moved}`} />
    </div>
  );
}
