import type { JSX } from "preact";
import type { RuntimeAnswer } from "../../api/answers.ts";
import { usdText } from "../../elements/amount.ts";
import { Badge } from "../../elements/health.tsx";
import { Empty } from "../../elements/notes.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { usePage } from "../../shell/page-context.ts";

const SNIPPET = `# haltwatch.toml: addresses only. No key, no way to sign
[balances]

[[balances.wallets]]
name = "sx"
chain = "sx"
address = "0x…"`;

export function Wallets({ runtime: { wallets, bank } }: { readonly runtime: RuntimeAnswer }): JSX.Element {
  const { live } = usePage();
  const low = new Set(
    (live.overview.value?.bots ?? []).flatMap((bot) =>
      bot.wallets.filter(({ is_low }) => is_low).map(({ wallet, asset }) => `${wallet} ${asset}`),
    ),
  );
  const total = wallets.reduce((sum, { usd }) => sum + usd, 0);
  return (
    <section class="hw-section" aria-labelledby="wallets">
      <h2 id="wallets">Wallets</h2>
      {wallets.length === 0 ? (
        <Empty title="No wallet is watched" icon="unknown">
          <p>Bots tell of their wallets, or Haltwatch reads them from the chain:</p>
          <Snippet>{SNIPPET}</Snippet>
        </Empty>
      ) : (
        <ScrollTable of="wallets" isStacked>
          <thead>
            <tr>
              <th scope="col">Wallet</th>
              <th scope="col">Asset</th>
              <th scope="col" class="hw-number">
                Balance
              </th>
              <th scope="col">State</th>
              <th scope="col">Seen</th>
            </tr>
          </thead>
          <tbody>
            {wallets.map(({ wallet, token, usd, time }) => (
              <tr key={`${wallet} ${token}`}>
                <td>{wallet}</td>
                <td>{token}</td>
                <td class="hw-number">{usdText(usd)}</td>
                <td>
                  {low.has(`${wallet} ${token}`) ? (
                    <Badge tone="critical" text="low" isSolid />
                  ) : (
                    <Badge tone="ok" text="enough" />
                  )}
                </td>
                <td data-label="Seen">
                  <RelativeTime time={time} />
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                Together
              </th>
              <td class="hw-number">
                <strong>{usdText(total)}</strong>
              </td>
              <td colSpan={2}>{bank === null ? "" : `Bank (${bank.source}): ${usdText(bank.usd)}`}</td>
            </tr>
          </tfoot>
        </ScrollTable>
      )}
    </section>
  );
}
