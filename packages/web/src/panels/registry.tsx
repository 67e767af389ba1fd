/** Which component draws which kind of panel. */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PanelKind } from "../dashboard/model.ts";
import type { MoreKind } from "./more-panels.ts";
import type { PanelBodyProps } from "./panel-body.ts";
import { Stat } from "./stat/stat.tsx";
import { Table } from "./table/table.tsx";
import { Text } from "./text/text.tsx";
import { TimeSeries } from "./timeseries/time-series.tsx";

/** @returns `undefined` for what is not drawn here */
export function panelBody(kind: PanelKind): ComponentType<PanelBodyProps> | undefined {
  switch (kind) {
    case "row":
    case "missing":
    case "unknown":
      return undefined;
    case "timeseries":
      return TimeSeries;
    case "stat":
      return Stat;
    case "table":
      return Table;
    case "text":
      return Text;
    default:
      return MorePanel;
  }
}

type Loaded = Readonly<Record<MoreKind, ComponentType<PanelBodyProps>>>;

function MorePanel(props: PanelBodyProps): JSX.Element {
  const [loaded, setLoaded] = useState<Loaded | string>("Loading");
  useEffect(() => {
    let isWanted = true;
    import("./more-panels.ts").then(
      ({ MORE_PANELS }) => isWanted && setLoaded(MORE_PANELS),
      () => isWanted && setLoaded("What draws this panel could not be loaded: reload the page"),
    );
    return () => {
      isWanted = false;
    };
  }, []);
  if (typeof loaded === "string") return <p class="hw-panel-note">{loaded}</p>;
  // panelBody sends only these kinds here.
  const Drawn = loaded[props.panel.kind as MoreKind];
  return <Drawn {...props} />;
}
