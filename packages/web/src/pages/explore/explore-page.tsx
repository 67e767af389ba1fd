/** Ask anything in PromQL: as a graph, as a table. The address is the question, so it can be shared. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { Empty } from "../../elements/notes.tsx";
import { QueryPanel } from "../../elements/query-panel.tsx";
import { Segments } from "../../elements/segments.tsx";
import { usePage } from "../../shell/page-context.ts";
import { History, rememberQuery } from "./history.tsx";
import { PromqlEditor } from "./promql-editor.tsx";
import { ResultTable } from "./result-table.tsx";
import "./explore.css";

type View = "graph" | "table" | "both";

const VIEWS: readonly { readonly value: View; readonly text: string }[] = [
  { value: "graph", text: "Graph" },
  { value: "table", text: "Table" },
  { value: "both", text: "Both" },
];

const MINUTE_MS = 60_000;

const RANGES = [
  { value: "15m", text: "15 min", ms: 15 * MINUTE_MS },
  { value: "1h", text: "1 h", ms: 60 * MINUTE_MS },
  { value: "6h", text: "6 h", ms: 360 * MINUTE_MS },
  { value: "1d", text: "1 d", ms: 1440 * MINUTE_MS },
  { value: "7d", text: "7 d", ms: 7 * 1440 * MINUTE_MS },
] as const;

type Range = (typeof RANGES)[number]["value"];

const EXAMPLES = ["up", "ALERTS", "haltwatch_threshold", "sum by (bot) (rate(orders_total[5m]))"] as const;

export function ExplorePage(): JSX.Element {
  const { live, kept, router, toasts } = usePage();
  const { params } = router.route.value;
  const expression = params.get("expr") ?? "";
  const range = RANGES.find(({ value }) => value === params.get("range")) ?? RANGES[1];
  const view = VIEWS.find(({ value }) => value === params.get("view"))?.value ?? "both";
  /** What stands in the editor, asked or not. */
  const draft = useRef(expression);
  const [run, setRun] = useState(0);

  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(params);
    next.set(name, value);
    router.setParams(next, { replace: name !== "expr" });
  };
  const ask = (text: string): void => {
    const asked = text.trim();
    if (asked === "") return;
    rememberQuery(kept, asked);
    set("expr", asked);
    setRun(run + 1);
  };
  const share = (): void => {
    navigator.clipboard.writeText(window.location.href).then(
      () => toasts.show({ tone: "info", text: "The address of this question is in the clipboard." }),
      () => toasts.show({ tone: "warning", text: "The clipboard is not to be had: copy the browser's address." }),
    );
  };
  // Asking again moves the range on.
  const span = useMemo(() => {
    const toMs = live.nowMs.peek();
    return { fromMs: toMs - range.ms, toMs };
  }, [range, run, expression]);

  const queries = useMemo(() => [{ expression, legend: undefined }], [expression]);

  return (
    <>
      <div class="hw-page-head">
        <h1>Explore</h1>
        <div class="hw-page-actions">
          <Segments<View> label="Show as" value={view} options={VIEWS} onChange={(value) => set("view", value)} />
          <Segments<Range>
            label="Range"
            value={range.value}
            options={RANGES}
            onChange={(value) => set("range", value)}
          />
        </div>
      </div>
      <form
        class="hw-explore-form"
        onSubmit={(event) => {
          event.preventDefault();
          ask(draft.current);
        }}
      >
        <PromqlEditor
          asked={expression}
          onChange={(text) => {
            draft.current = text;
          }}
          onRun={ask}
        />
        <div class="hw-explore-buttons">
          <button type="submit" class="hw-button hw-button-accent">
            Run
          </button>
          <button type="button" class="hw-button" disabled={expression === ""} onClick={share}>
            Copy link
          </button>
          <History onPick={ask} />
          <span class="hw-muted hw-small">
            Enter runs, Shift+Enter breaks the line, Ctrl+Space completes, Esc then Tab leaves the editor.
          </span>
        </div>
      </form>
      {expression === "" ? (
        <Empty title="Ask something in PromQL" icon="search">
          <p>For instance:</p>
          <ul class="hw-explore-examples">
            {EXAMPLES.map((example) => (
              <li key={example}>
                <button type="button" class="hw-button hw-mono" onClick={() => ask(example)}>
                  {example}
                </button>
              </li>
            ))}
          </ul>
        </Empty>
      ) : (
        <>
          {view === "table" ? null : (
            <section aria-labelledby="graph">
              <h2 id="graph" class="hw-hidden">
                Graph
              </h2>
              <QueryPanel queries={queries} range={span} title={expression} isLarge />
            </section>
          )}
          {view === "graph" ? null : <ResultTable expression={expression} run={run} />}
        </>
      )}
    </>
  );
}
