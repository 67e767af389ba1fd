/** `route` and what is below it, `inhibit_rules`: as Alertmanager takes them. Source: Alertmanager, config/config.go. */
import type { LabelMatcher } from "@haltwatch/store/labels";
import { z } from "zod";
import type { InhibitRule } from "../inhibit/inhibitor.ts";
import { matcherFault } from "../routing/matcher.ts";
import { parseMatchers } from "../routing/parse-matchers.ts";
import type { RouteConfig } from "../routing/route.ts";
import { duration, flag, optional, text, textByName, textList } from "./config-values.ts";

/** Deeper, a tree of routes is a mistake. */
const MAX_DEPTH = 100;

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** `[severity="critical", team=~"a|b"]`: each text may hold several. */
const matcherList = textList.transform((lines, context) => {
  const matchers: LabelMatcher[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseMatchers(line);
    if (parsed.kind === "matchers") matchers.push(...parsed.matchers);
    else context.addIssue({ code: "custom", path: [index], message: parsed.fault });
  }
  return matchers;
});

const equalByName = textByName.transform((given, context) => {
  for (const name of Object.keys(given)) checkName(name, context);
  return Object.entries(given).map(([name, value]): LabelMatcher => ({ name, operator: "=", value }));
});

const patternByName = textByName.transform((given, context) => {
  return Object.entries(given).map(([name, value]) => {
    checkName(name, context);
    // Anchored here already: so it stands in group keys.
    const matcher: LabelMatcher = { name, operator: "=~", value: `^(?:${value})$` };
    const fault = matcherFault(matcher);
    if (fault !== undefined) context.addIssue({ code: "custom", path: [name], message: fault });
    return matcher;
  });
});

function checkName(name: string, context: z.RefinementCtx): void {
  if (LABEL_NAME.test(name)) return;
  context.addIssue({ code: "custom", path: [name], message: `invalid label name ${JSON.stringify(name)}` });
}

const groupBy = textList.superRefine((names, context) => {
  if (names.includes("...") && names.length > 1) {
    const message = "cannot have wildcard group_by (`...`) and other labels at the same time";
    context.addIssue({ code: "custom", message });
  }
  for (const [index, name] of names.entries()) {
    const isAgain = names.indexOf(name) < index;
    if (isAgain)
      context.addIssue({ code: "custom", path: [index], message: `duplicated label ${JSON.stringify(name)}` });
    if (name === "") context.addIssue({ code: "custom", path: [index], message: "write a label's name here" });
  }
});

const positiveDuration = duration.refine((ms) => ms !== 0, { error: "it cannot be zero" });

const routeFields = z.strictObject({
  receiver: optional(text),
  group_by: optional(groupBy),
  match: optional(equalByName),
  match_re: optional(patternByName),
  matchers: optional(matcherList),
  mute_time_intervals: optional(textList),
  active_time_intervals: optional(textList),
  continue: optional(flag),
  group_wait: optional(duration),
  group_interval: optional(positiveDuration),
  repeat_interval: optional(positiveDuration),
  routes: optional(z.array(z.unknown(), { error: "write a list of routes here" })),
});

export const ROUTE_KEYS = Object.keys(routeFields.shape);

/** Reads a part of the configuration, or throws with its place. */
export type Check = <T extends z.ZodType>(path: readonly PropertyKey[], type: T, value: unknown) => z.output<T>;

/** A route as it is written, and where: what is wrong with it as a whole can be told. */
export interface PlacedRoute {
  readonly path: readonly PropertyKey[];
  readonly config: RouteConfig;
  readonly routes: readonly PlacedRoute[];
}

export function readRoute(check: Check, path: readonly PropertyKey[], value: unknown, depth = 0): PlacedRoute {
  const fields = check(path, depth > MAX_DEPTH ? tooDeep : routeFields, value);
  const routes = (fields.routes ?? []).map((child, index) =>
    readRoute(check, [...path, "routes", index], child, depth + 1),
  );
  const config: RouteConfig = {
    receiver: fields.receiver,
    groupBy: fields.group_by,
    matchers: [...(fields.match ?? []), ...(fields.match_re ?? []), ...(fields.matchers ?? [])],
    continue: fields.continue ?? false,
    groupWaitMs: fields.group_wait,
    groupIntervalMs: fields.group_interval,
    repeatIntervalMs: fields.repeat_interval,
    muteTimeIntervals: fields.mute_time_intervals ?? [],
    activeTimeIntervals: fields.active_time_intervals ?? [],
    routes: routes.map((route) => route.config),
  };
  return { path, config, routes };
}

const tooDeep = routeFields.refine(() => false, { error: `routes are nested more than ${MAX_DEPTH} deep` });

const inhibitFields = z.strictObject({
  name: optional(text),
  source_match: optional(equalByName),
  source_match_re: optional(patternByName),
  source_matchers: optional(matcherList),
  target_match: optional(equalByName),
  target_match_re: optional(patternByName),
  target_matchers: optional(matcherList),
  equal: optional(textList),
});

export const INHIBIT_KEYS = Object.keys(inhibitFields.shape);

export const inhibitRule = inhibitFields.transform(
  (fields): InhibitRule => ({
    name: fields.name,
    sourceMatchers: [
      ...(fields.source_match ?? []),
      ...(fields.source_match_re ?? []),
      ...(fields.source_matchers ?? []),
    ],
    targetMatchers: [
      ...(fields.target_match ?? []),
      ...(fields.target_match_re ?? []),
      ...(fields.target_matchers ?? []),
    ],
    equal: fields.equal ?? [],
  }),
);
