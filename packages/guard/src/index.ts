/** Stops trading and keeps it stopped: latched pauses by scope, leases, the journal. */
export type { Armed, ArmOutcome, ArmRefusal, ArmRefusalCode, ArmRequest } from "./arm.ts";
export { Guard, type GuardChange, type GuardOptions } from "./guard.ts";
export { GuardError, type GuardErrorCode } from "./guard-error.ts";
export { Journal, type JournalFilter } from "./journal.ts";
export {
  JOURNAL_KINDS,
  type JournalEntry,
  type JournalHead,
  type JournalKind,
  type JournalNote,
  type JsonValue,
} from "./journal-entry.ts";
export type { Pause, PauseRequest } from "./latch.ts";
export {
  DEFAULT_LEASE_MS,
  DEFAULT_RENEWAL_MS,
  type Grant,
  type LeaseRefusal,
  type LeaseRefusalCode,
  Leases,
  type LeasesOptions,
  type Renewal,
} from "./lease.ts";
export { type NoData, NoDataWatch, type PausePolicy, type PolicyFault, type Presence, pausePolicy } from "./no-data.ts";
export { parseJsonPointer } from "./orchestrator/json-pointer.ts";
export type { OrchestratorAnswer, OrchestratorFetch, OutgoingRequest } from "./orchestrator/orchestrator-call.ts";
export type { OrchestratorEvent } from "./orchestrator/orchestrator-event.ts";
export type { OrchestratorRequest, OrchestratorSettings, StateReading } from "./orchestrator/orchestrator-settings.ts";
export { type OrchestratorStatus, Orchestrators } from "./orchestrator/orchestrators.ts";
export { type Escaping, parseTemplate, type Template } from "./orchestrator/template.ts";
export {
  contains,
  EVERYTHING,
  MAX_SCOPE_NAME_LENGTH,
  parseScope,
  printScope,
  type Scope,
  type TradingRequest,
  touches,
} from "./scope.ts";
export { allowed, type Intent, isStricter, type PauseState, strictest, type TradingState } from "./state.ts";
export { type OrdersSeen, type TradingAfterPause, VerifiedPauses } from "./verified-pause.ts";
export { type JournalFault, type JournalVerdict, verifyLines } from "./verify-journal.ts";
