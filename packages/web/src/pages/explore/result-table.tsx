/** What a query gives now, as a table. */
import type { JSX } from "preact";
import type { QueryAnswer, SampleSeries } from "../../api/answers.ts";
import { countText } from "../../elements/amount.ts";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";

/** More rows are nobody's help, and make the tab slow. */
const MAX_ROWS = 500;

const MAX_COLUMNS = 20;

export interface ResultTableProps {
  readonly expression: string;
  /** Another number asks again. */
  readonly run: number;
}

export function ResultTable({ expression, run }: ResultTableProps): JSX.Element {
  const { haltwatch } = usePage();
  const { data, fault, reload } = useResource(`query ${run} ${expression}`, (signal) =>
    haltwatch.query(expression, { signal }),
  );
  if (data === undefined)
    return fault === undefined ? (
      <Loading what="values" />
    ) : (
      <Fault what="The query was not answered" why={fault} onRetry={reload} />
    );
  const rows = rowsOf(data);
  if (rows === undefined)
    return (
      <Empty title={`A table shows no ${data.resultType}`}>Take the range selector away, or look at the graph.</Empty>
    );
  if (rows.length === 0)
    return (
      <Empty title="No series" icon="unknown">
        Nothing has these labels now. Is the name right? Completion knows all names.
      </Empty>
    );
  const names = [...new Set(rows.flatMap(({ metric }) => Object.keys(metric)))]
    .sort((a, b) => (a < b ? -1 : 1))
    .slice(0, MAX_COLUMNS);
  return (
    <section class="hw-explore-result" aria-label="Values now">
      <p class="hw-muted hw-small">
        {countText(rows.length, "series", "series")}
        {rows.length > MAX_ROWS ? `, the first ${MAX_ROWS} are shown` : ""}
      </p>
      <ScrollTable of="values">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name === "__name__" ? "metric" : name}
              </th>
            ))}
            <th scope="col" class="hw-number">
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map(({ metric, value }) => (
            <tr key={JSON.stringify(metric)}>
              {names.map((name) => (
                <td key={name} class="hw-mono">
                  {metric[name] ?? ""}
                </td>
              ))}
              <td class="hw-number">
                <strong>{value[1]}</strong>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  );
}

/** Source: Prometheus HTTP API, "Expression query result formats". */
function rowsOf({ resultType, result }: QueryAnswer): readonly SampleSeries[] | undefined {
  if (resultType === "vector") return result;
  if (resultType !== "scalar" && resultType !== "string") return undefined;
  // Of these two the result is one sample, without labels.
  return [{ metric: {}, value: result as unknown as SampleSeries["value"] }];
}
