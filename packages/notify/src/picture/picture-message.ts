/** What the painter and its worker say to each other. */
import type { AlertChart } from "./alert-chart.ts";

export interface ToWorker {
  readonly id: number;
  readonly chart: AlertChart;
}

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "drawn"; readonly id: number; readonly png: Uint8Array }
  | { readonly kind: "failed"; readonly id: number; readonly fault: string };
