/** The last hour of what a rule looks at, with its limit as a line. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { QueryPanel } from "../../elements/query-panel.tsx";
import { usePage } from "../../shell/page-context.ts";
import { comparisonOf } from "./comparison.ts";

const HOUR_MS = 3_600_000;

/** How much is seen before it began. */
const BEFORE_MS = HOUR_MS / 2;

export interface RuleGraphProps {
  readonly expression: string;
  /** Of the alert. */
  readonly since: string | undefined;
}

export function RuleGraph({ expression, since }: RuleGraphProps): JSX.Element {
  const { live } = usePage();
  const queries = useMemo(() => {
    const comparison = comparisonOf(expression);
    if (comparison === undefined) return [{ expression, legend: undefined }];
    return [
      { expression: comparison.measured, legend: undefined },
      { expression: comparison.limit, legend: `limit: alert if ${comparison.operator}`, isLimit: true },
    ];
  }, [expression]);
  // A graph that moves on by itself each minute; not with each tick of the clock.
  const minute = Math.floor(live.nowMs.value / 15_000);
  const range = useMemo(() => {
    const toMs = minute * 15_000 + 15_000;
    const sinceMs = since === undefined ? toMs : Date.parse(since);
    return { fromMs: Math.max(toMs - 24 * HOUR_MS, Math.min(toMs - HOUR_MS, sinceMs - BEFORE_MS)), toMs };
  }, [minute, since]);
  return <QueryPanel queries={queries} range={range} title="Graph of the rule" />;
}
