/** Which alerts of rules are a bot's own: those that name it, the target that it is scraped at, or all bots of its job. */
import type { Alert, RuleGroup } from "@haltwatch/rules";
import type { Labels } from "@haltwatch/store";
import type { WatchedBot } from "./watched-bots.ts";

export class BotAlerts {
  /** Severities of what fires, by bot. */
  readonly #byBot = new Map<string, string[]>();
  /** The same of alerts that name no bot, by job and instance. */
  readonly #byTarget = new Map<string, string[]>();
  readonly firing: readonly Alert[];
  readonly pendingCount: number;

  constructor(groups: readonly RuleGroup[]) {
    const alerts = groups.flatMap(({ alertingRules }) => alertingRules.flatMap((rule) => rule.activeAlerts()));
    this.firing = alerts.filter(({ state }) => state === "firing");
    this.pendingCount = alerts.filter(({ state }) => state === "pending").length;
    for (const { labels } of this.firing) {
      const bot = labels.get("bot");
      if (bot === "") add(this.#byTarget, targetOf(labels), labels.get("severity"));
      else add(this.#byBot, bot, labels.get("severity"));
    }
  }

  severitiesOf({ bot, sources }: WatchedBot): string[] {
    const jobs = sources.map((labels) => targetName(labels.get("job"), ""));
    const targets = new Set([...sources.map(targetOf), ...jobs]);
    return [...(this.#byBot.get(bot) ?? []), ...[...targets].flatMap((target) => this.#byTarget.get(target) ?? [])];
  }
}

export function targetOf(labels: Labels): string {
  return targetName(labels.get("job"), labels.get("instance"));
}

function targetName(job: string, instance: string): string {
  return JSON.stringify([job, instance]);
}

function add(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
