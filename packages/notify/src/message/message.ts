/**
 * What is said, before any channel's markup: every text in it is one line and harmless, and of bounded length, but for the markup.
 * The headline says the level, what and where: it is all that a phone's notification shows.
 */
import type { Alert, Notification, ReportText } from "../alert.ts";
import { formatValue, type Unit } from "../picture/unit.ts";
import { groupLine, hasEndedWithoutData, nameOf, severityOf, whereOf } from "./group-line.ts";
import { harmless, harmlessUrl } from "./harmless.ts";
import { type Level, LOOKS, type Look, loudest } from "./level.ts";
import type { DigestNews, Earlier, GroupLine, GroupNews, News } from "./news.ts";
import { printDuration, printNumber, printTime } from "./printing.ts";

/** How many alerts, or groups of a digest, are described. */
const MAX_ENTRIES = 10;

/** How many lines a digest has. */
const MAX_DIGEST_LINES = 20;

/** Longest texts, UTF-16 units. */
const MAX_HEADLINE = 140;
const MAX_TITLE = 200;
const MAX_SUMMARY = 300;
const MAX_DESCRIPTION = 700;
const MAX_FACT = 200;

/** How many lines of a report are told. */
const MAX_REPORT_LINES = 20;

const ALERT_PICTURE = "The last hour, with the limit";

/** How many deeds of Haltwatch are listed for an alert. */
const MAX_DONE = 5;

export interface Message {
  readonly look: Look;
  /** Of what fires, or has fired. */
  readonly level: Level;
  /** `CRITICAL LatencyHigh · bot arb-1, venue cex`, without the emoji. */
  readonly headline: string;
  /** Lines below it. */
  readonly notes: readonly string[];
  readonly entries: readonly Entry[];
  /** What its picture shows, for whom cannot see it. */
  readonly pictureText: string;
  /** How many more there are. */
  readonly more: number;
  readonly links: readonly Link[];
}

/** One alert, or one group of a digest. */
export interface Entry {
  readonly look: Look;
  /** Empty if the headline has said it. */
  readonly title: string;
  readonly summary: string;
  /** `value 612, limit 500`. Each begins with a word of ours. */
  readonly facts: readonly string[];
  readonly description: string;
  readonly links: readonly Link[];
}

export interface Link {
  readonly text: string;
  /** As `harmlessUrl` gives it. */
  readonly url: string;
}

export interface MessageContext {
  /** Unix milliseconds: what "for 3 min" counts to. */
  readonly nowMs: number;
  /** Where Haltwatch's page is, if it is to be linked. */
  readonly externalUrl: string | undefined;
}

export function messageOf(news: News, context: MessageContext): Message {
  if (news.kind === "group" && news.notification.report !== undefined) return reportMessage(news.notification.report);
  return news.kind === "group" ? groupMessage(news, context) : digestMessage(news, context);
}

function groupMessage({ notification, earlier }: GroupNews, { nowMs, externalUrl }: MessageContext): Message {
  const { alerts, truncatedAlerts } = notification;
  const line = groupLine(notification, earlier);
  const look = lookOf(line);
  const all = [...alerts, ...(earlier?.untold ?? [])];
  const count = all.length + truncatedAlerts + (earlier?.moreUntold ?? 0);
  const shown = all.slice(0, MAX_ENTRIES);
  return {
    look,
    level: line.level,
    headline: headlineOf(line, notification),
    notes: notesOf(notification, earlier),
    entries: shown.map((alert) => entryOf(alert, { isAlone: count === 1, notification, nowMs })),
    pictureText: ALERT_PICTURE,
    more: count - shown.length,
    links: pageLink(externalUrl),
  };
}

function reportMessage({ headline, lines, url }: ReportText): Message {
  return {
    ...{ look: "info", level: "info", headline: harmless(headline, MAX_HEADLINE) },
    ...{ notes: [], more: 0, links: [], pictureText: "The figures of the day" },
    entries: [
      {
        ...{ look: "info", title: "", summary: "", description: "" },
        facts: lines.slice(0, MAX_REPORT_LINES).map((line) => harmless(line, MAX_FACT)),
        links: url === undefined ? [] : link("The whole report", url),
      },
    ],
  };
}

function headlineOf(line: GroupLine, { alerts, truncatedAlerts }: Notification): string {
  const where = line.where === "" ? "" : ` · ${line.where}`;
  const isOne = alerts.length + truncatedAlerts === 1;
  const mixed = line.firing > 0 && line.resolved > 0 ? `${line.firing} firing, ${line.resolved} resolved` : undefined;
  const count = isOne ? "" : ` (${mixed ?? `${alerts.length + truncatedAlerts} alerts`})`;
  const text = harmless(`${LOOKS[lookOf(line)].word} ${line.name}${where}`, MAX_HEADLINE - count.length);
  return text + count;
}

function notesOf(notification: Notification, earlier: Earlier | undefined): string[] {
  return [...dataNotesOf(notification), ...earlierNotesOf(notification, earlier)];
}

function dataNotesOf({ status, alerts }: Notification): string[] {
  if (status === "firing" || !alerts.some(hasEndedWithoutData)) return [];
  return ["Its series are gone, and are not waited for any more: nobody can tell whether it is over"];
}

function earlierNotesOf(notification: Notification, earlier: Earlier | undefined): string[] {
  if (earlier === undefined) return [];
  const since = printTime(earlier.sinceMs);
  const changes = earlier.changes === 1 ? "1 earlier change" : `${earlier.changes} earlier changes`;
  if (notification.status === "resolved" && earlier.wasFiring)
    return [
      `It fired and is resolved. Both are told only now: this channel could not be reached, or was busy, since ${since}`,
    ];
  return [
    `${changes} since ${since} could not be told before, and ${earlier.changes === 1 ? "is" : "are"} part of this`,
  ];
}

function entryOf(
  alert: Alert,
  { isAlone, notification, nowMs }: { isAlone: boolean; notification: Notification; nowMs: number },
): Entry {
  const { annotations } = alert;
  return {
    look: alert.endsAtMs === undefined ? severityOf(alert) : hasEndedWithoutData(alert) ? "unknown" : "resolved",
    title: isAlone ? "" : titleOf(alert, notification),
    summary: harmless(annotations.get("summary") ?? annotations.get("message") ?? "", MAX_SUMMARY),
    facts: factsOf(alert, nowMs),
    description: harmless(annotations.get("description") ?? "", MAX_DESCRIPTION),
    links: linksOf(alert),
  };
}

/** What tells this alert from the others of its group: its name, where, and labels that they do not share. */
function titleOf(alert: Alert, { commonLabels }: Notification): string {
  const where = whereOf((name) => alert.labels.get(name));
  const others = [...alert.labels].filter(([name]) => !commonLabels.has(name) && !SAID_OTHERWISE.has(name));
  const details = others.map(([name, value]) => `${name} ${value}`).join(", ");
  return harmless([nameOf(alert), where, details].filter((part) => part !== "").join(" · "), MAX_TITLE);
}

const SAID_OTHERWISE: ReadonlySet<string> = new Set(["alertname", "severity", "bot", "venue", "strategy", "action"]);

function factsOf({ value, threshold, unit, startsAtMs, endsAtMs, done }: Alert, nowMs: number): string[] {
  const facts: string[] = [];
  if (value !== undefined) {
    const [shown, limit] = printed(value, threshold, unit);
    const bound = limit === undefined ? "" : `, limit ${limit}`;
    facts.push(`${endsAtMs === undefined ? "value" : "last value"} ${shown}${bound}`);
  }
  const duration = printDuration((endsAtMs ?? nowMs) - startsAtMs);
  if (endsAtMs === undefined) facts.push(`since ${printTime(startsAtMs)}, for ${duration}`);
  else facts.push(`from ${printTime(startsAtMs)} to ${printTime(endsAtMs)}, for ${duration}`);
  const deeds = done.map((deed) => harmless(deed, MAX_FACT)).filter((deed) => deed !== "");
  for (const deed of deeds.slice(0, MAX_DONE)) facts.push(`done: ${deed}`);
  if (deeds.length > MAX_DONE) facts.push(`done: ${deeds.length - MAX_DONE} more`);
  return facts;
}

/** In three digits or so, unless both look the same then. */
function printed(value: number, threshold: number | undefined, unit: Unit | undefined): [string, string | undefined] {
  const both = (print: (number: number) => string): [string, string | undefined] => [
    print(value),
    threshold === undefined ? undefined : print(threshold),
  ];
  const plain = both(printNumber);
  if (unit === undefined || unit === "number") return plain;
  const short = both((number) => formatValue(number, unit));
  return short[0] === short[1] && value !== threshold ? plain : short;
}

function linksOf({ annotations, generatorUrl }: Alert): Link[] {
  return [
    ...link("Runbook", annotations.get("runbook_url") ?? annotations.get("runbook") ?? ""),
    ...link("Graph", generatorUrl),
  ];
}

function pageLink(externalUrl: string | undefined): Link[] {
  return externalUrl === undefined ? [] : link("Haltwatch", externalUrl);
}

function link(text: string, target: string): Link[] {
  const url = harmlessUrl(target);
  return url === undefined ? [] : [{ text, url }];
}

function digestMessage({ groups, changes, sinceMs }: DigestNews, { nowMs, externalUrl }: MessageContext): Message {
  const firing = groups.filter(({ status }) => status === "firing");
  const level = loudest((firing.length > 0 ? firing : groups).map((group) => group.level));
  const look: Look = firing.length > 0 ? level : "resolved";
  const counts = [
    ...(firing.length > 0 ? [`${firing.length} firing`] : []),
    ...(firing.length < groups.length ? [`${groups.length - firing.length} resolved`] : []),
  ];
  const shown = groups.slice(0, MAX_DIGEST_LINES);
  return {
    look,
    level,
    headline: `${LOOKS[look].word} ${groups.length} groups of alerts: ${counts.join(", ")}`,
    notes: [
      `${changes} changes of ${groups.length} groups since ${printTime(sinceMs)}, told at once: there were too many, or this channel could not be reached`,
    ],
    entries: shown.map((group) => digestEntry(group, nowMs)),
    pictureText: ALERT_PICTURE,
    more: groups.length - shown.length,
    links: pageLink(externalUrl),
  };
}

function digestEntry(line: GroupLine, nowMs: number): Entry {
  const where = line.where === "" ? "" : ` · ${line.where}`;
  const since = printTime(line.startsAtMs);
  return {
    look: lookOf(line),
    title: harmless(`${line.name}${where}`, MAX_TITLE),
    summary: "",
    facts: [
      line.status === "firing"
        ? `${line.firing} firing since ${since}, for ${printDuration(nowMs - line.startsAtMs)}`
        : line.endedWithoutData
          ? `its series are gone: nobody can tell whether it is over; it fired at ${since}`
          : line.cameAndWent
            ? `fired at ${since}, and is resolved`
            : `resolved; it fired at ${since}`,
    ],
    description: "",
    links: [],
  };
}

function lookOf({ status, level, endedWithoutData }: GroupLine): Look {
  if (status === "firing") return level;
  return endedWithoutData ? "unknown" : "resolved";
}
