/** What is unusual, and against what it is. */
import { NEUTRAL, OK } from "../dashboards/colours.ts";
import { dashboard } from "../dashboards/dashboard.ts";
import { lines } from "../dashboards/lines.ts";
import { limit } from "../dashboards/queries.ts";
import { table } from "../dashboards/table.ts";
import { alertCounts, openAlerts, tradingState } from "../dashboards/well.ts";

const OF = 'bot=~"$bot",signal=~"$signal"';
const SIGNAL = "{{signal}} {{bot}}";

/** How far a value may be from the last hour's centre until it is odd, if no other band explains it. */
const ALLOWED = `scalar(haltwatch_threshold{name="anomaly.sensitivity"}) * (anomaly:spread{${OF},band="hour"} + ignoring (band) anomaly:floor{${OF}})`;

export const ANOMALY_DASHBOARD = dashboard({
  pack: "anomaly",
  file: "anomaly",
  title: "What is unusual",
  description: "Signals with bands that adapt to them. A warning, never a pause.",
  botsHave: "anomaly:signal",
  variables: [{ name: "signal", label: "Signal", query: 'label_values(anomaly:signal{bot=~"$bot"}, signal)' }],
  rows: [
    {
      title: "Is it well?",
      panels: [tradingState(), alertCounts(), openAlerts("anomaly", { width: 14, height: 4 })],
    },
    {
      title: "All signals",
      panels: [
        table({
          title: "Signals",
          description:
            "Each signal now, its centre of the last hour, and how odd its value and its level are. Worry where a score is over its limit.",
          queries: [
            `max by (bot, signal) (anomaly:signal{${OF}})`,
            `max by (bot, signal) (anomaly:center_1h{${OF}})`,
            `max by (bot, signal) (anomaly:score{${OF}})`,
            `max by (bot, signal) (anomaly:level_score{${OF}})`,
          ],
          columns: [
            { of: "bot", title: "bot" },
            { of: "signal", title: "signal" },
            { of: { query: "A" }, title: "now", unit: "short", decimals: 2 },
            { of: { query: "B" }, title: "last hour", unit: "short", decimals: 2 },
            { of: { query: "C" }, title: "odd", decimals: 1 },
            { of: { query: "D" }, title: "level", decimals: 1 },
          ],
          width: 24,
        }),
        lines({
          title: "How odd values are",
          description:
            "How far each signal is from what any band explains, in its usual deviations. Over the limit it is told.",
          unit: "none",
          decimals: 1,
          min: 0,
          queries: [[`max by (bot, signal) (anomaly:score{${OF}})`, SIGNAL], limit("anomaly.sensitivity")],
          alerts: ["AnomalyOdd"],
          noValue: "known after an hour",
        }),
        lines({
          title: "How odd levels are",
          description:
            "The same for the level of a whole hour, against that of yesterday, of the day before, and of a week ago.",
          unit: "none",
          decimals: 1,
          min: 0,
          queries: [[`max by (bot, signal) (anomaly:level_score{${OF}})`, SIGNAL], limit("anomaly.level_sensitivity")],
          alerts: ["AnomalyLevel"],
          noValue: "known after a day",
        }),
        lines({
          title: "Usual deviation",
          description: "As a share of the value. What hardly ever moves may always move by the limit.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [
            [
              `max by (bot, signal) (anomaly:spread{${OF},band="hour"} / ignoring (band) abs(anomaly:center_1h{${OF}}))`,
              SIGNAL,
            ],
            limit("anomaly.floor_ratio"),
          ],
          noValue: "known after an hour",
        }),
      ],
    },
    {
      title: "$signal",
      repeat: "signal",
      panels: [
        lines({
          title: "$signal and its band of the last hour",
          description:
            "The signal, its centre, and how far it may be from it. Outside it is odd, unless the same hour of an earlier day was alike.",
          unit: "short",
          queries: [
            [`max by (bot) (anomaly:signal{${OF}})`, "value {{bot}}"],
            [`max by (bot) (anomaly:center_1h{${OF}})`, "centre {{bot}}"],
            [`max by (bot) (anomaly:center_1h{${OF}} + ignoring (band) (${ALLOWED}))`, "limit above {{bot}}"],
            [`max by (bot) (anomaly:center_1h{${OF}} - ignoring (band) (${ALLOWED}))`, "limit under {{bot}}"],
          ],
          colours: { value: OK, centre: NEUTRAL },
          alerts: ["AnomalyOdd"],
          width: 24,
        }),
      ],
    },
  ],
});
