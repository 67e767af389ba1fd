/** Queries as panels take them. */

/** A query, and how its series are called: `{{venue}}` is a label's value. */
export type Query = readonly [expr: string, legend: string];

/** How the series of limits are called, so that all are drawn alike. */
export const LIMIT_PREFIX = "limit ";

/**
 * The line of a limit, from its series: what the rules compare with, now and back then.
 *
 * @param of what of it is drawn, if it is not itself: `(limit) => \`-${limit}\``
 */
export function limit(name: string, of: (series: string) => string = (series) => series): Query {
  return [of(limitOf(name)), `${LIMIT_PREFIX}${name}`];
}

/** A limit's value, without labels: `max()`, as a Prometheus that scrapes Haltwatch has it with labels of its own. */
function limitOf(name: string): string {
  return `max(haltwatch_threshold{name="${name}"})`;
}

/** How far a value has come to a limit that it must not exceed: 1 is at it. */
export function towards(name: string, value: string, label: string): Query {
  return [`max by (bot) (${value}) / scalar(haltwatch_threshold{name="${name}"})`, `${label} {{bot}}`];
}

/** How far a value has come down to a limit that it must not fall under: 1 is at it. */
export function downTo(name: string, value: string, label: string): Query {
  return [`scalar(haltwatch_threshold{name="${name}"}) / (min by (bot) (${value}) > 0)`, `${label} {{bot}}`];
}

/** As {@link downTo}, of a share whose best is 1: 0.97 with a limit of 0.85 has come a fifth of the way, and no more. */
export function fromOneTo(name: string, value: string, label: string): Query {
  return [`(1 - min by (bot) (${value})) / (1 - scalar(haltwatch_threshold{name="${name}"}))`, `${label} {{bot}}`];
}
