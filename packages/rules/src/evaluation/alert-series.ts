/**
 * Under which labels an alert is written: made once for each alert, as it is written at each evaluation. Source: Prometheus,
 * rules/alerting.go (`sample`, `forStateSample`).
 */
import { Labels, METRIC_NAME } from "@haltwatch/store";
import type { AlertState, MutableAlert } from "./alert.ts";

const ALERTS = "ALERTS";
export const ALERTS_FOR_STATE = "ALERTS_FOR_STATE";

interface AlertSeries {
  readonly forState: Labels;
  /** `ALERTS`, by the alert's state. */
  readonly byState: Map<AlertState, Labels>;
}

export class SeriesOfAlerts {
  readonly #ruleLabels: ReadonlyMap<string, string>;
  /** Labels live as long as their alert. */
  readonly #known = new WeakMap<Labels, AlertSeries>();

  /** @param ruleLabels templates: one that came out empty for an alert stands as it was written, as upstream */
  constructor(ruleLabels: ReadonlyMap<string, string>) {
    this.#ruleLabels = ruleLabels;
  }

  /** Of `ALERTS`, which is 1 while the alert is in this state. */
  alerts({ labels, state }: MutableAlert): Labels {
    const { byState } = this.#of(labels);
    let made = byState.get(state);
    if (made === undefined) {
      made = Labels.from(new Map([...this.#ruleLabels, ...labels, [METRIC_NAME, ALERTS], ["alertstate", state]]));
      byState.set(state, made);
    }
    return made;
  }

  /** Of `ALERTS_FOR_STATE`, whose value is since when it is there. */
  forState({ labels }: MutableAlert): Labels {
    return this.#of(labels).forState;
  }

  #of(labels: Labels): AlertSeries {
    let known = this.#known.get(labels);
    if (known === undefined) {
      const forState = Labels.from(new Map([...this.#ruleLabels, ...labels, [METRIC_NAME, ALERTS_FOR_STATE]]));
      known = { forState, byState: new Map() };
      this.#known.set(labels, known);
    }
    return known;
  }
}
