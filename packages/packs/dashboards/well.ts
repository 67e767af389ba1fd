/** The first row of each dashboard: is it well? What a person wants to know at three in the morning, before all else. */
import { limitBars } from "./bars.ts";
import { CRITICAL, OK, SEVERITIES, UNKNOWN, WARNING } from "./colours.ts";
import { from, type MakePanel, runbookUrl, steps, TRADING_STATES, values } from "./panel.ts";
import type { Query } from "./queries.ts";
import { stat } from "./stat.ts";
import { table } from "./table.ts";
import { timeline } from "./timeline.ts";

/** Alerts of the chosen bots, and those about Haltwatch itself, which belong to no bot. */
export const ALERTS_OF_BOTS = 'ALERTS{alertstate="firing",bot=~"$bot|"}';

/** From here on a sample is late, and as good as missing, seconds. */
const LATE = 30;
const MISSING = 60;

/** Instead of an age, of a bot that does not answer: longer than any. */
const NO_ANSWER = 1_000_000_000;

/** So that its name can be read beside it. */
const ROWS_PER_BAR = 0.8;

/**
 * @param pack whose runbook is linked
 * @param limits how near each value has come to its limit: made by `towards` and `downTo`
 */
export function wellRow(pack: string, limits: readonly Query[]): readonly MakePanel[] {
  const height = Math.max(7, Math.ceil(limits.length * ROWS_PER_BAR) + 1);
  return [
    tradingState(),
    alertCounts(),
    stat({
      title: "Last sample",
      description:
        "How long ago each bot was heard of. All else on this page is as old as that. Worry from half a minute on.",
      unit: "s",
      decimals: 0,
      queries: [
        [
          `max by (bot) ((time() - timestamp(up{bot=~"$bot"}) and up{bot=~"$bot"} == 1) or (up{bot=~"$bot"} == 0) + ${NO_ANSWER})`,
          "{{bot}}",
        ],
      ],
      mappings: from(NO_ANSWER, "no answer", CRITICAL),
      colours: steps([null, OK], [LATE, WARNING], [MISSING, CRITICAL]),
      noValue: "no answer",
    }),
    pauses(),
    limitBars({ queries: limits, height }),
    timeline({
      title: "Trading or paused",
      description: "What Haltwatch lets each bot do: all, only close positions (REDUCING), or nothing (HALTED).",
      queries: [['max by (bot) (haltwatch_trading_state{bot=~"$bot"})', "{{bot}}"]],
      mappings: TRADING_STATES,
      height,
    }),
    openAlerts(pack, { height }),
  ];
}

export function tradingState(): MakePanel {
  return stat({
    title: "State",
    description:
      "What Haltwatch lets each bot do now: all (ACTIVE), only close positions (REDUCING), or nothing (HALTED).",
    unit: "none",
    queries: [['max by (bot) (haltwatch_trading_state{bot=~"$bot"})', "{{bot}}"]],
    mappings: TRADING_STATES,
    colours: steps([null, UNKNOWN]),
    isFilled: true,
    noValue: "not known",
  });
}

export function alertCounts(): MakePanel {
  const count = (severity: string): string =>
    `count(${ALERTS_OF_BOTS.replace("}", `,severity="${severity}"}`)}) or vector(0)`;
  return stat({
    title: "Open alerts",
    description:
      "Alerts that fire now, those about Haltwatch itself among them. A critical one is a reason to get up, a warning can wait until the morning.",
    unit: "none",
    queries: [
      [count("critical"), "critical"],
      [count("warning"), "warnings"],
    ],
    colours: steps([null, OK], [1, CRITICAL]),
    coloursOf: { warnings: steps([null, OK], [1, WARNING]) },
    isFilled: true,
    width: 6,
  });
}

/** Why bots are paused, and since when. */
export function pauses(): MakePanel {
  return table({
    title: "Why it is paused",
    description: "Each pause in force. Only a person lifts one, with a reason: haltwatch arm, or the page.",
    queries: ['haltwatch_pause_timestamp_seconds{bot=~"$bot|"} * 1000'],
    columns: [
      { of: { query: "A" }, title: "since", unit: "dateTimeAsLocalNoDateIfToday" },
      { of: "scope", title: "what" },
      {
        of: "state",
        title: "state",
        mappings: values({ REDUCING: ["REDUCING", WARNING], HALTED: ["HALTED", CRITICAL] }),
      },
      { of: "rule", title: "rule" },
      { of: "by", title: "by" },
    ],
    noValue: "nothing is paused",
    width: 10,
    height: 4,
  });
}

export function openAlerts(pack: string, size: { readonly width?: number; readonly height?: number } = {}): MakePanel {
  const severities = Object.entries(SEVERITIES).map(([name, color]) => [name, [name, color]] as const);
  return table({
    title: "Alerts that fire",
    description: "What is wrong now, by its rule. A click leads to the runbook, which says what to do.",
    queries: [`count by (alertname, severity, bot, venue) (${ALERTS_OF_BOTS})`],
    columns: [
      { of: "alertname", title: "alert", link: { title: "Runbook", url: runbookUrl(pack) } },
      { of: "severity", title: "severity", mappings: values(Object.fromEntries(severities)) },
      { of: "bot", title: "bot" },
      { of: "venue", title: "venue" },
      { of: { query: "A" }, title: "how many", decimals: 0 },
    ],
    noValue: "no alert fires",
    ...size,
  });
}
