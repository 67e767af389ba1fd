/** A group's news as text, for the file. */
import { Labels } from "@haltwatch/store/labels";
import type { Alert, Notification } from "../alert.ts";
import type { GroupLine, GroupNews } from "../message/news.ts";

/** What stands in the file: plain objects instead of maps and labels. */
interface AlertRecord extends Omit<Alert, "labels" | "annotations" | "endsAtMs" | "value" | "threshold"> {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly endsAtMs: number | null;
  /** Text, for JSON has neither NaN nor infinity. */
  readonly value: string | null;
  readonly threshold: string | null;
}

type MapKeys = "groupLabels" | "commonLabels" | "commonAnnotations";

interface NotificationRecord extends Omit<Notification, "alerts" | MapKeys> {
  readonly alerts: readonly AlertRecord[];
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
}

interface NewsRecord {
  readonly notification: NotificationRecord;
  readonly earlier:
    | (Omit<NonNullable<GroupNews["earlier"]>, "untold"> & { readonly untold: readonly AlertRecord[] })
    | null;
}

export function newsText({ notification, earlier }: GroupNews): string {
  const record: NewsRecord = {
    notification: {
      ...notification,
      groupLabels: Object.fromEntries(notification.groupLabels),
      commonLabels: Object.fromEntries(notification.commonLabels),
      commonAnnotations: Object.fromEntries(notification.commonAnnotations),
      alerts: notification.alerts.map(alertRecord),
    },
    earlier: earlier === undefined ? null : { ...earlier, untold: earlier.untold.map(alertRecord) },
  };
  return JSON.stringify(record);
}

/** @throws {SyntaxError} if it is not what `newsText` has written */
export function newsFromText(text: string): GroupNews {
  const { notification, earlier } = JSON.parse(text) as NewsRecord; // written by newsText, in our own file
  return {
    kind: "group",
    notification: {
      ...notification,
      groupLabels: new Map(Object.entries(notification.groupLabels)),
      commonLabels: new Map(Object.entries(notification.commonLabels)),
      commonAnnotations: new Map(Object.entries(notification.commonAnnotations)),
      alerts: notification.alerts.map(alertFrom),
    },
    earlier: earlier === null ? undefined : { ...earlier, untold: earlier.untold.map(alertFrom) },
  };
}

export function lineText(line: GroupLine): string {
  return JSON.stringify(line);
}

export function lineFromText(text: string): GroupLine {
  return JSON.parse(text) as GroupLine; // written by lineText, in our own file
}

function alertRecord({ labels, annotations, endsAtMs, value, threshold, ...rest }: Alert): AlertRecord {
  return {
    ...rest,
    labels: labels.toObject(),
    annotations: Object.fromEntries(annotations),
    endsAtMs: endsAtMs ?? null,
    value: value === undefined ? null : String(value),
    threshold: threshold === undefined ? null : String(threshold),
  };
}

function alertFrom({ labels, annotations, endsAtMs, value, threshold, ...rest }: AlertRecord): Alert {
  return {
    ...rest,
    labels: Labels.from(labels),
    annotations: new Map(Object.entries(annotations)),
    endsAtMs: endsAtMs ?? undefined,
    value: value === null ? undefined : Number(value),
    threshold: threshold === null ? undefined : Number(threshold),
  };
}
