/** `label_replace` and `label_join`. Source: Prometheus 3, promql/functions.go. */
import { anchored, type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { Call } from "../ast.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { evaluateText, evaluateVector, required } from "./operands.ts";
import { mergeSameLabels } from "./series-builder.ts";
import type { Vector, VectorSeries } from "./values.ts";

/** @throws {PromqlEvaluationError} for a pattern or a label's name that is wrong */
export function relabelled(context: EvaluationContext, { func, args }: Call): Vector {
  const vector = evaluateVector(context, required(args[0]));
  const [target = "", ...rest] = args.slice(1).map((arg) => evaluateText(context, arg));
  // Text that is not UTF-8 was read with this character in the place of each byte that is wrong.
  if (target === "" || target.includes("\uFFFD"))
    throw executionError(`invalid destination label name in ${func.name}(): `);
  const change = func.name === "label_replace" ? replacing(target, rest) : joining(target, rest);
  const id = JSON.stringify([func.name, target, ...rest]);
  const series = vector.series.map((one): VectorSeries => {
    const labels = one.labels.derived(id, change);
    return { ...one, labels, dropsName: target === METRIC_NAME ? false : one.dropsName };
  });
  return mergeSameLabels(series);
}

function replacing(
  target: string,
  [replacement = "", source = "", pattern = ""]: readonly string[],
): (labels: Labels) => Labels {
  const compiled = compile(pattern);
  /** By source value, what the target becomes: many series have the same. */
  const known = new Map<string, string | undefined>();
  const targetOf = (value: string): string | undefined => {
    const matcher = compiled.matcher(value);
    return matcher.matches() ? expand(replacement, (group) => groupValue(matcher, group)) : undefined;
  };
  return (labels) => {
    const value = labels.get(source);
    if (!known.has(value)) known.set(value, targetOf(value));
    const replaced = known.get(value);
    return replaced === undefined ? labels : labels.with(target, replaced);
  };
}

function compile(pattern: string): ReturnType<typeof anchored> {
  try {
    return anchored(pattern);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
}

function groupValue(matcher: ReturnType<ReturnType<typeof anchored>["matcher"]>, group: string): string {
  try {
    return (/^\d+$/.test(group) ? matcher.group(Number(group)) : matcher.group(group)) ?? "";
  } catch {
    return ""; // Go's Expand: a group that is not there is empty
  }
}

/** Go's `regexp.Expand`: `$1`, `${1}`, `$name`, `${name}`, `$$`. The longest run of word characters is the name. */
function expand(template: string, group: (name: string) => string): string {
  return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
    whole === "$$" ? "$" : group(braced ?? bare ?? ""),
  );
}

function joining(target: string, [separator = "", ...sources]: readonly string[]): (labels: Labels) => Labels {
  return (labels) => labels.with(target, sources.map((source) => labels.get(source)).join(separator));
}
