import type { JSX } from "preact";
import type { HealthAnswer } from "../../api/answers.ts";
import { amountText } from "../../elements/amount.ts";
import { Badge, type Tone } from "../../elements/health.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";

const TONES: Readonly<Record<string, Tone>> = {
  ok: "ok",
  unhealthy: "critical",
  failed: "critical",
  warning: "warning",
};

/** The machine that Haltwatch runs on, and what is checked beside it. */
export function Machine({ health: { status, time, host, checks } }: { readonly health: HealthAnswer }): JSX.Element {
  return (
    <section class="hw-section" aria-labelledby="machine">
      <h2 id="machine">Machine {host}</h2>
      <p class="hw-heartbeat-title">
        <Badge tone={TONES[status] ?? "unknown"} text={status} />{" "}
        <span class="hw-muted">
          looked at <RelativeTime time={time} />
        </span>
      </p>
      <ScrollTable of="checks" isStacked>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Check</th>
            <th scope="col" class="hw-number">
              Value
            </th>
            <th scope="col" class="hw-number">
              Limit
            </th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {checks.map(({ kind, name, status: state, value, limit, unit, detail }) => (
            <tr key={`${kind} ${name}`}>
              <td>
                <Badge tone={TONES[state] ?? "unknown"} text={state} />
              </td>
              <td>{name === "" ? kind : `${kind} ${name}`}</td>
              <td class="hw-number" data-label="Value">
                {value === null ? "" : amountText(value, unitText(unit))}
              </td>
              <td class="hw-number" data-label="Limit">
                {limit === null ? "" : amountText(limit, unitText(unit))}
              </td>
              <td>{detail}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}

function unitText(unit: string | null | undefined): string {
  return unit === "percent" ? "%" : (unit ?? "");
}
