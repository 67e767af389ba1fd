/** In the demo: switch a fault on, and see what Haltwatch does, and what Slack and Telegram would show. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { DemoAnswer, DemoFault, DemoMessage } from "../../api/answers.ts";
import { ApiError, errorText } from "../../api/api-error.ts";
import { Badge, severityTone } from "../../elements/health.tsx";
import { Icon } from "../../elements/icon.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { armScopeOf, holdOf } from "../../shell/bot-hold.ts";
import { usePage } from "../../shell/page-context.ts";
import { TradingBadge } from "../../shell/trading-badge.tsx";
import "./what-if.css";

const MAX_MESSAGES = 100;

export function WhatIfPage(): JSX.Element {
  const { haltwatch, live } = usePage();
  const { data, fault, reload } = useResource("demo", (signal) => haltwatch.demo({ signal }), { everyMs: 5000 });
  useEffect(
    () =>
      live.listen((event) => {
        if (event.kind === "fault") reload();
      }),
    [live, reload],
  );
  return (
    <>
      <div class="hw-page-head">
        <div>
          <h1>What if</h1>
          <p class="hw-muted">
            These bots are simulated. Break something, and watch what happens: first the cause, then what people are
            told.
          </p>
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The demo's faults could not be loaded" why={fault} onRetry={reload} />
      )}
      {data === undefined && fault === undefined ? <Loading what="faults" /> : null}
      <div class="hw-what-if">
        <div class="hw-what-if-bots">
          {data?.bots.map((bot) => (
            <BotFaults key={bot.bot} bot={bot} reload={reload} />
          ))}
        </div>
        <Messages />
      </div>
    </>
  );
}

interface BotFaultsProps {
  readonly bot: DemoAnswer["bots"][number];
  readonly reload: () => void;
}

function BotFaults({ bot: { bot, pack, speed, faults }, reload }: BotFaultsProps): JSX.Element {
  const { dialogs, live } = usePage();
  const now = live.overview.value?.bots.find((one) => one.bot === bot);
  const hold = now === undefined ? undefined : holdOf(now);
  return (
    <section class="hw-card" aria-label={bot}>
      <header class="hw-bot-head">
        <div>
          <h2>{bot}</h2>
          <p class="hw-muted hw-small">
            {pack}
            {speed === 1 ? "" : `, ${speed} times as fast as the clock`}
          </p>
        </div>
        {now === undefined ? null : <TradingBadge bot={now} />}
      </header>
      <ul class="hw-what-if-faults">
        {faults.map((one) => (
          <FaultSwitch key={one.name} bot={bot} fault={one} reload={reload} />
        ))}
      </ul>
      {now === undefined || hold === undefined ? null : (
        <button type="button" class="hw-button" onClick={() => dialogs.show({ kind: "arm", scope: armScopeOf(now) })}>
          Arm {bot}…
        </button>
      )}
    </section>
  );
}

interface FaultSwitchProps {
  readonly bot: string;
  readonly fault: DemoFault;
  readonly reload: () => void;
}

function FaultSwitch({ bot, fault: { name, description, alerts, is_on }, reload }: FaultSwitchProps): JSX.Element {
  const { dialogs, haltwatch, toasts } = usePage();
  const [asked, setAsked] = useState<boolean | undefined>();
  const isOn = asked ?? is_on;
  // What was asked for counts until Haltwatch says how it is
  useEffect(() => setAsked(undefined), [is_on]);
  const set = async (isWanted: boolean): Promise<void> => {
    setAsked(isWanted);
    try {
      await haltwatch.switchFault(bot, name, isWanted);
    } catch (error) {
      setAsked(undefined);
      if (error instanceof ApiError && error.kind === "unauthorized")
        dialogs.show({
          kind: "token",
          access: "control",
          why: "Switching a fault needs the control token: the demo has printed it.",
        });
      else toasts.show({ tone: "critical", text: `${name} was not switched: ${errorText(error)}` });
    }
    reload();
  };
  return (
    <li>
      <label class="hw-switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={isOn}
          checked={isOn}
          onChange={(event) => void set(event.currentTarget.checked)}
        />
        <span>
          <strong>{name}</strong> {isOn ? <Badge tone="warning" text="on" /> : null}
          <span class="hw-what-if-description">{description}</span>
          <span class="hw-muted hw-small">fires {alerts.join(", ")}</span>
        </span>
      </label>
    </li>
  );
}

function Messages(): JSX.Element {
  const { haltwatch, live } = usePage();
  const { data } = useResource("messages", (signal) => haltwatch.demoMessages({ signal }));
  const [arrived, setArrived] = useState<readonly DemoMessage[]>([]);
  useEffect(
    () =>
      live.listen((event) => {
        if (event.kind === "message") setArrived((before) => withMessage(before, event.message));
      }),
    [live],
  );
  const known = new Set(arrived.map(({ id }) => id));
  const messages = [...arrived, ...(data ?? []).filter(({ id }) => !known.has(id))].slice(0, MAX_MESSAGES);
  return (
    <section class="hw-what-if-messages" aria-label="Messages to people">
      <h2>What people are told</h2>
      {messages.length === 0 ? (
        <Empty title="Nobody was told anything yet">
          <p>Messages to Slack and Telegram come here within seconds of an alert.</p>
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboards (WCAG 2.1.1)
        <div class="hw-what-if-scroll" tabIndex={0} role="log" aria-label="Messages">
          <ol>
            {messages.map((message) => (
              <Message key={message.id} message={message} />
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}

/** Newest first. One may come again, with its picture: it stays where it is. */
function withMessage(before: readonly DemoMessage[], message: DemoMessage): readonly DemoMessage[] {
  if (before.some(({ id }) => id === message.id)) return before.map((one) => (one.id === message.id ? message : one));
  return [message, ...before].slice(0, MAX_MESSAGES);
}

function Message({ message: { channel, level, text, time, picture } }: { readonly message: DemoMessage }): JSX.Element {
  return (
    <li class={`hw-card hw-message hw-tone-${severityTone(level)}`}>
      <header>
        <strong>{channel === "slack" ? "Slack" : "Telegram"}</strong>
        <Badge tone={level === "resolved" || level === "ok" ? "ok" : severityTone(level)} text={level} />
        <span class="hw-muted">
          <RelativeTime time={time} />
        </span>
      </header>
      <p class="hw-message-text">{text}</p>
      {picture === null ? null : isOwnPicture(picture) ? (
        <img src={picture} alt={`Chart of the message: ${text.split("\n")[0] ?? ""}`} loading="lazy" />
      ) : (
        <p class="hw-muted">
          <Icon name="file" /> with a picture
        </p>
      )}
    </li>
  );
}

/** The page's policy shows pictures of its own server only. */
function isOwnPicture(address: string): boolean {
  const { href, origin } = window.location;
  return address.startsWith("data:image/") || URL.parse(address, href)?.origin === origin;
}
