/** Queries that have no data while all is well and Haltwatch is young, and what brings data into them. */

/** `fault`: trouble that render.test.ts makes. `history`: only time, which history.test.ts lets pass. */
type Brought = "fault" | "history";

/** Empty while all is well, by dashboard, panel and query. */
export const EMPTY_WHILE_WELL: readonly (readonly [where: RegExp, why: string, by: Brought])[] = [
  [/: Why it is paused\/A$/, "nothing is paused", "fault"],
  [/: mark: Pauses$/, "nothing is paused", "fault"],
  [/: mark: Arms$/, "nothing was armed", "fault"],
  [/: Alerts that fire\/A$/, "no alert fires", "fault"],
  [/: mark: (?:Critical alerts|Warnings)$/, "no alert fires", "fault"],
  [/^system: Rules without data\/A$/, "all bots answer", "fault"],
  [/^system: Orders after a pause\/A$/, "nothing is paused", "fault"],
  [/: Answers against yesterday\/A$/, "there is no day before yet", "history"],
  [/: Decisions against yesterday\/A$/, "there is no day before yet", "history"],
  [
    /^anomaly: (?:How odd values are|How odd levels are|Usual deviation)\/A$/,
    "what is usual is not known yet",
    "history",
  ],
  [/^anomaly: Signals\/[CD]$/, "what is usual is not known yet", "history"],
  [/^anomaly: .* and its band of the last hour\/[CD]$/, "what is usual is not known yet", "history"],
];
