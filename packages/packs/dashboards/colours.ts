/** One meaning, one colour, on all dashboards and for everybody: red, green and orange are only used for good and bad. */

export const OK = "#56A64B";
export const WARNING = "#FF9830";
export const CRITICAL = "#E02F44";
/** What is neither good nor bad: a table's cell, a number without limits. */
export const NEUTRAL = "#8AB8FF";
/** Haltwatch cannot tell. */
export const UNKNOWN = "#8E8E8E";
/** Lines of limits, dashed. The colour of what is critical: on their far side it is. */
export const LIMIT = "#E02F44";

/** What a person or Haltwatch did, as marks over the graphs. */
export const MARKS = { pause: CRITICAL, arm: OK, configuration: "#B877D9" } as const;

/** Venues and chains, told apart by people who see no red and green, too (after Okabe and Ito). */
export const PLACES: Readonly<Record<string, string>> = {
  cex: "#56B4E9",
  dex: "#E7A6D0",
  sx: "#F0E442",
  azuro: "#38B0A0",
  arbitrum: "#7B8CDE",
};

/** From `ALERTS`. */
export const SEVERITIES: Readonly<Record<string, string>> = { critical: CRITICAL, warning: WARNING, info: NEUTRAL };
