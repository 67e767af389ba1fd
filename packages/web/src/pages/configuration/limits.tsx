/** The limits that rules compare with, by the part of the bot that they are about. */
import type { JSX } from "preact";
import type { ThresholdAnswer } from "../../api/answers.ts";
import { amountText } from "../../elements/amount.ts";
import { Markdown } from "../../elements/markdown.tsx";
import { Empty } from "../../elements/notes.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { ValueGroups } from "./value-groups.tsx";
import { Changed, ValueSource } from "./value-source.tsx";

interface LimitsProps {
  readonly thresholds: readonly ThresholdAnswer[];
  readonly changed: ReadonlyMap<string, string>;
  readonly isNarrowed: boolean;
}

export function Limits({ thresholds, changed, isNarrowed }: LimitsProps): JSX.Element {
  if (thresholds.length === 0) {
    return (
      <Empty title={isNarrowed ? "No limit matches" : "There are no limits"}>
        {isNarrowed ? undefined : (
          <p>
            Packs bring them: <code>[packs] enabled = ["arbitrage"]</code>
          </p>
        )}
      </Empty>
    );
  }
  return (
    <ValueGroups
      things={thresholds}
      one="limit"
      isOpen={isNarrowed}
      keyOf={({ name }) => name}
      isChanged={({ name }) => changed.has(`thresholds.${name}`)}
    >
      {(group, inGroup) => (
        <ScrollTable of={`limits of ${group}`} isStacked>
          <thead>
            <tr>
              <th scope="col">Limit</th>
              <th scope="col" class="hw-number">
                Value
              </th>
              <th scope="col">What it is</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {inGroup.map(({ name, value, unit, help, source, where }) => (
              <tr key={name}>
                <td>
                  <code>{name}</code>
                </td>
                <td class="hw-number">
                  {limitText(value, unit)}
                  <Changed before={changed.get(`thresholds.${name}`)} />
                </td>
                <td>
                  <Markdown text={help} />
                </td>
                <td>
                  <ValueSource source={source} where={where} />
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </ValueGroups>
  );
}

/** Units of limits are words of their files. */
function limitText(value: number, unit: string): string {
  if (unit === "ratio") return `${value} (${amountText(value * 100, "%")})`;
  return amountText(value, /^(?:count|number|none)$/.test(unit) ? "" : unit.replace("_", " "));
}
