/** What the painter and its worker say to each other. */
import type { AlertChart } from "./alert-chart.ts";
import type { ReportPicture } from "./report-picture.ts";

/** What is to be drawn. */
export type ToDraw = { readonly chart: AlertChart } | { readonly report: ReportPicture };

export type ToWorker = { readonly id: number } & ToDraw;

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "drawn"; readonly id: number; readonly png: Uint8Array }
  | { readonly kind: "failed"; readonly id: number; readonly fault: string };
