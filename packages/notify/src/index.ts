/** Tells people of alerts: routes, groups, silences, a durable outbox, channels, pictures. */
export type { Alert, GroupStatus, Notification } from "./alert.ts";
