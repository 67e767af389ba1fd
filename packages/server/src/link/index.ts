/** Haltwatch's end of the link with bots: docs/link.md. */
export type { GuardPort, PauseReport, PauseScope, PauseView } from "./guard-port.ts";
export { DEFAULT_LINK_LIMITS, type LinkLimits } from "./link-limits.ts";
export type { LinkRefusalCode, RefusalReport } from "./link-refusal.ts";
export { LINK_PATH, LinkServer, type LinkServerOptions, type LinkView, sharedToken } from "./link-server.ts";
