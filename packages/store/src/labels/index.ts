/** Labels and what matches them: they need no database, and import nothing that does. */
export { Labels, METRIC_NAME } from "./labels.ts";
export { compileMatcher, type LabelMatcher, type MatchOperator, matchesEmpty } from "./matcher.ts";
export { anchored, patternFault } from "./pattern.ts";
