/** What both ends agree on: docs/link.md. */
import type { TradingScope } from "../guard/pause.ts";

/** The version that is spoken here. */
export const PROTOCOL_VERSION = 1;

/** Where Haltwatch takes links. */
export const LINK_PATH = "/api/haltwatch/link";

/** What Haltwatch answers to a good hello. */
export interface WelcomeFrame {
  readonly type: "welcome";
  readonly server: string;
  /** Metrics that pause rules touch. */
  readonly names: readonly string[];
  readonly intervalMs: number;
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly maxFrameBytes: number;
  readonly maxSeries: number;
}

/** A pause as it is on the wire, checked. */
export interface WirePause {
  readonly epoch: number;
  readonly scope: TradingScope & { readonly bot?: string | undefined };
  readonly state: "REDUCING" | "HALTED";
  readonly reason: string;
  readonly by: string;
  readonly rule: string | undefined;
  readonly timeMs: number;
}

interface Word {
  readonly epoch: number;
  readonly pauses: readonly WirePause[];
}

export type ServerFrame =
  | WelcomeFrame
  | { readonly type: "watch"; readonly names: readonly string[] }
  | ({ readonly type: "grant"; readonly seq: number; readonly leaseMs: number } & Word)
  | ({ readonly type: "pause" } & Word)
  | ({ readonly type: "arm" } & Word)
  | { readonly type: "error"; readonly code: string; readonly message: string; readonly isFatal: boolean }
  /** Of a type that is not known here: of a newer Haltwatch. */
  | { readonly type: "unknown" };
