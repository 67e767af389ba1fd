import type { JSX } from "preact";
import { usePage } from "../shell/page-context.ts";
import { Icon } from "./icon.tsx";
import { clockTime, exactTime } from "./time-text.ts";

/** Says of when the page's values are, while Haltwatch is not heard. */
export function AsOf(): JSX.Element | null {
  const { live } = usePage();
  const state = live.state.value;
  if (!live.isStale.value || !("sinceMs" in state)) return null;
  const heardMs = live.nowMs.value - live.monotonicAge(state.sinceMs);
  return (
    <span class="hw-as-of" title={exactTime(heardMs)}>
      <Icon name="offline" />
      as of {clockTime(heardMs)}
    </span>
  );
}
