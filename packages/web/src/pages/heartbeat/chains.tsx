import type { JSX } from "preact";
import type { RuntimeAnswer } from "../../api/answers.ts";
import { amountText } from "../../elements/amount.ts";
import { Badge, type Tone } from "../../elements/health.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { ageText } from "../../elements/time-text.ts";

const TONES: Readonly<Record<string, Tone>> = { up: "ok", ok: "ok", down: "critical", recovering: "warning" };

export function Chains({
  runtime: { gasPrices, sequencers },
}: {
  readonly runtime: RuntimeAnswer;
}): JSX.Element | null {
  const chains = [...new Set([...sequencers, ...gasPrices].map(({ chain }) => chain))].sort();
  if (chains.length === 0) return null;
  return (
    <section class="hw-section" aria-labelledby="chains">
      <h2 id="chains">Chains</h2>
      <ScrollTable of="chains" isStacked>
        <thead>
          <tr>
            <th scope="col">Chain</th>
            <th scope="col">Sequencer</th>
            <th scope="col" class="hw-number">
              Newest block
            </th>
            <th scope="col" class="hw-number">
              Gas price
            </th>
          </tr>
        </thead>
        <tbody>
          {chains.map((chain) => {
            const sequencer = sequencers.find((one) => one.chain === chain);
            const gas = gasPrices.find((one) => one.chain === chain);
            return (
              <tr key={chain}>
                <td>{chain}</td>
                <td data-label="Sequencer">
                  {sequencer === undefined ? (
                    <span class="hw-muted">none, or not watched</span>
                  ) : (
                    <Badge
                      tone={TONES[sequencer.state] ?? "unknown"}
                      text={sequencer.state}
                      isSolid={sequencer.state === "down"}
                    />
                  )}
                </td>
                <td class="hw-number" data-label="Newest block">
                  {sequencer?.headAgeSeconds === undefined
                    ? "not known"
                    : `${ageText(sequencer.headAgeSeconds * 1000)} old`}
                </td>
                <td class="hw-number" data-label="Gas price">
                  {gas === undefined ? "not known" : amountText(gas.gwei, "gwei")}
                </td>
              </tr>
            );
          })}
        </tbody>
      </ScrollTable>
    </section>
  );
}
