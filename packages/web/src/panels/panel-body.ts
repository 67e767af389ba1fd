/** What every kind of panel is given. */
import type { Api } from "../api/http.ts";
import type { Size } from "../charts/use-size.ts";
import type { Dashboard, DataLink, Panel } from "../dashboard/model.ts";
import type { Theme } from "../format/color.ts";
import type { TimeZone } from "../format/date-time.ts";
import type { ShownFrame } from "../format/shown-field.ts";
import type { TimeRange } from "../time/time-range.ts";
import type { VariableLookup } from "../variables/interpolate.ts";

/** A mark on the axis of time: a point, or a span. */
export interface Annotation {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
  /** Grafana's name for it, or CSS's. */
  readonly color: string;
  readonly name: string;
}

export interface PanelContext {
  readonly api: Api;
  readonly theme: Theme;
  readonly timeZone: TimeZone;
  readonly lookup: VariableLookup;
  readonly now: number;
  readonly crosshair: Dashboard["crosshair"];
  /** Charts with the same one share the crosshair. */
  readonly crosshairGroup: string;
  readonly annotations: readonly Annotation[];
  readonly onZoom: (range: TimeRange) => void;
  /** Where a link leads, with its variables filled in; `undefined` for addresses that are not safe. */
  readonly hrefOf: (
    link: DataLink,
    fieldName?: string,
    labels?: Readonly<Record<string, string>>,
  ) => string | undefined;
}

export interface PanelBodyProps {
  readonly panel: Panel;
  readonly frames: readonly ShownFrame[];
  readonly range: TimeRange;
  readonly size: Size;
  readonly context: PanelContext;
}
