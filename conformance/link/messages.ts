/** What the test and its two processes tell each other. */
import type { PauseReport, PauseView } from "../../packages/server/src/link/index.ts";

export interface StoredSamples {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly times: readonly number[];
  /** NaN is told as `null`. */
  readonly values: readonly (number | null)[];
}

export type AskedPause = Pick<PauseView, "scope" | "state"> & { readonly reason?: string; readonly rule?: string };

export type ToServer = { readonly id: number } & (
  | { readonly kind: "pause"; readonly pause: AskedPause }
  | { readonly kind: "arm" }
  | { readonly kind: "pause-on-failure" }
  | { readonly kind: "samples"; readonly name: string }
  | { readonly kind: "links" }
  | { readonly kind: "watch"; readonly names: readonly string[] }
  | { readonly kind: "stop" }
);

export type FromServer =
  | { readonly kind: "ready"; readonly port: number }
  | { readonly kind: "done"; readonly id: number; readonly epoch: number }
  | { readonly kind: "stored"; readonly id: number; readonly series: readonly StoredSamples[] }
  | {
      readonly kind: "links";
      readonly id: number;
      readonly links: readonly { readonly bot: string; readonly series: number }[];
      readonly rss: number;
    }
  | { readonly kind: "samples"; readonly names: readonly string[]; readonly timeMs: number }
  | { readonly kind: "refused"; readonly code: string; readonly bot: string | undefined; readonly message: string }
  | { readonly kind: "link"; readonly bot: string; readonly state: "linked" | "gone" | "left"; readonly reason: string }
  | { readonly kind: "acknowledged"; readonly bot: string; readonly epoch: number; readonly report: PauseReport }
  | { readonly kind: "error"; readonly message: string };

export type ToBot = { readonly id: number } & (
  | { readonly kind: "fail"; readonly count: number }
  /** Records orders, whether or not it may trade. */
  | { readonly kind: "order"; readonly count: number }
  | { readonly kind: "allowed"; readonly venue?: string }
  | { readonly kind: "block"; readonly ms: number }
  /** Fails one order, and tells how long it took until nothing may be opened. */
  | { readonly kind: "react" }
  | { readonly kind: "stop" }
);

export type FromBot =
  | { readonly kind: "ready" }
  | {
      readonly kind: "answer";
      readonly id: number;
      readonly open: boolean;
      readonly close: boolean;
      readonly state: string;
      readonly leaseLeftMs: number;
      /** Of `react`: from the record to the refusal, milliseconds. */
      readonly tookMs?: number;
      /** Of a refused open: what `check` throws. */
      readonly error?: { readonly code: string; readonly rule: string | null; readonly reason: string };
      readonly rss: number;
    }
  /** Whether opening is allowed has changed: when, Unix milliseconds. */
  | { readonly kind: "changed"; readonly open: boolean; readonly atMs: number };
