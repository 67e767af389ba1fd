import { expect, test } from "vitest";
import type { RuleGroupAnswer, SilenceAnswer, ToldAlert } from "../../api/answers.ts";
import { alertEffect } from "./alert-effect.ts";
import { shownAlerts } from "./shown-alert.ts";

function group(...alerts: RuleGroupAnswer["rules"][number]["alerts"]): RuleGroupAnswer {
  const rule = {
    type: "alerting",
    name: "A",
    query: "up == 0",
    duration: 0,
    keepFiringFor: 0,
    labels: {},
    annotations: {},
  } as const;
  const state = { health: "ok", state: "firing", lastEvaluation: "" };
  return { name: "g", file: "f", interval: 5, rules: [{ ...rule, ...state, alerts }] };
}

function alert(bot: string, severity: string, state: "firing" | "pending" = "firing") {
  const labels = { alertname: "A", bot, severity };
  return { labels, annotations: {}, state, activeAt: "2026-01-01T00:00:00Z", value: "1" };
}

function silence(bot: string, isRegex = false): SilenceAnswer {
  const times = { startsAt: "2026-01-01T00:00:00Z", endsAt: "2027-01-01T00:00:00Z" };
  const matchers = [{ name: "bot", value: bot, isRegex, isEqual: true }];
  return { id: "s1", matchers, ...times, createdBy: "ana", comment: "upgrade", status: { state: "active" } };
}

test("the worst come first, and an alert that is silenced is not among those that fire", () => {
  const groups = [group(alert("x", "warning"), alert("y", "critical"), alert("z", "critical", "pending"))];

  const shown = shownAlerts({ groups, told: [], silences: [silence("x")] });

  expect(shown.map(({ labels, state }) => [labels["bot"], state])).toEqual([
    ["y", "firing"],
    ["z", "pending"],
    ["x", "silenced"],
  ]);
});

test("a silence with a regular expression counts when Haltwatch says so", () => {
  const groups = [group(alert("x", "warning"))];
  const told: ToldAlert = {
    fingerprint: "f",
    labels: { alertname: "A", bot: "x", severity: "warning" },
    annotations: {},
    startsAt: "2026-01-01T00:00:00Z",
    status: { state: "suppressed", silencedBy: ["s1"], inhibitedBy: [] },
  };

  expect(shownAlerts({ groups, told: [], silences: [silence("x|y", true)] })[0]?.state).toBe("firing");
  expect(shownAlerts({ groups, told: [told], silences: [silence("x|y", true)] })[0]?.state).toBe("silenced");
});

test("an alert that another Prometheus has posted is shown, too, and once", () => {
  const told: ToldAlert = {
    fingerprint: "f",
    labels: { alertname: "FromElsewhere", severity: "critical" },
    annotations: {},
    startsAt: "2026-01-01T00:00:00Z",
    status: { state: "active", silencedBy: [], inhibitedBy: [] },
  };

  const shown = shownAlerts({ groups: [group(alert("x", "warning"))], told: [told], silences: [] });

  expect(shown.map(({ name }) => name)).toEqual(["FromElsewhere", "A"]);
});

test("what a rule does is said in words", () => {
  expect(alertEffect({ severity: "critical" })).toBeUndefined();
  expect(alertEffect({ action: "pause", bot: "arb-1" })).toContain("Pauses bot arb-1");
  expect(alertEffect({ action: "reduce", scope: "all", no_data: "ignore" })).toBe(
    "Lets everything only close positions until a person arms. If its data vanish, nothing is done.",
  );
});
