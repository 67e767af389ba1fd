/** Daily reports: a list, and one of them open. A report is shown in a frame in which nothing can run. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ReportEntry } from "../../api/answers.ts";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { ControlForm } from "../../shell/control-form.tsx";
import { Dialog } from "../../shell/dialog.tsx";
import { usePage } from "../../shell/page-context.ts";
import { routeHash } from "../../shell/router.ts";
import { framedReport } from "./framed-report.ts";
import "./reports.css";

const SNIPPET = `# haltwatch.toml
[schedule]
report = "0 9 * * *"
time_zone = "Europe/Berlin"`;

export function ReportsPage(): JSX.Element {
  const { haltwatch, live, router } = usePage();
  const [id] = router.route.value.rest;
  const [isMaking, setMaking] = useState(false);
  const { data, fault, reload } = useResource("reports", (signal) => haltwatch.reports({ signal }));
  return (
    <>
      <div class="hw-page-head">
        <h1>Reports</h1>
        <div class="hw-page-actions">
          <button type="button" class="hw-button" onClick={() => setMaking(true)}>
            Make yesterday's report…
          </button>
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The reports could not be loaded" why={fault} onRetry={reload} />
      )}
      {data === undefined ? (
        fault === undefined ? (
          <Loading what="reports" />
        ) : null
      ) : data.length === 0 ? (
        <Empty title="No report has been made yet" icon="file">
          <p>
            A report tells of the day: results, alerts, uptime. When, and in which time zone, stands in haltwatch.toml:
          </p>
          <Snippet>{SNIPPET}</Snippet>
        </Empty>
      ) : (
        <div class="hw-reports">
          <ReportList reports={data} openId={id ?? data[0]?.id} />
          <Report key={id} report={data.find((one) => one.id === id) ?? data[0]} />
        </div>
      )}
      {isMaking ? <MakeDialog onClose={() => setMaking(false)} onMade={reload} /> : null}
    </>
  );
}

interface MakeDialogProps {
  readonly onClose: () => void;
  readonly onMade: () => void;
}

function MakeDialog({ onClose, onMade }: MakeDialogProps): JSX.Element {
  const { haltwatch, router, toasts } = usePage();
  const make = async (): Promise<void> => {
    const { id, title } = await haltwatch.makeReport();
    toasts.show({ tone: "ok", text: `${title} is made.` });
    onClose();
    onMade();
    router.go("reports", [id]);
  };
  return (
    <Dialog title="Make a report" onClose={onClose}>
      <ControlForm submit="Make it" tone="accent" asksWho={false} act={make} onCancel={onClose}>
        <p>Yesterday's report is made and kept here; one of that day is made anew. It is sent to nobody.</p>
      </ControlForm>
    </Dialog>
  );
}

function ReportList({
  reports,
  openId,
}: {
  readonly reports: readonly ReportEntry[];
  readonly openId: string | undefined;
}): JSX.Element {
  return (
    <nav aria-label="Reports">
      <ul class="hw-reports-list">
        {reports.map(({ id, title, date, time_zone, created }) => (
          <li key={id}>
            <a href={routeHash("reports", [id])} aria-current={id === openId ? "true" : undefined}>
              <span>{title}</span>
              <span class="hw-muted hw-small">
                {date} ({time_zone}), <RelativeTime time={created} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Report({ report }: { readonly report: ReportEntry | undefined }): JSX.Element | null {
  const { haltwatch } = usePage();
  const frame = useRef<HTMLIFrameElement>(null);
  const { data, fault, reload } = useResource(`report ${report?.id ?? ""}`, async (signal) =>
    report === undefined ? "" : haltwatch.report(report.id, { signal }),
  );
  useEffect(() => {
    const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
    if (data !== undefined && frame.current !== null) frame.current.srcdoc = framedReport(data, nonce);
  }, [data]);
  if (report === undefined) return null;
  if (fault !== undefined) return <Fault what="The report could not be loaded" why={fault} onRetry={reload} />;
  if (data === undefined) return <Loading what="the report" />;
  return <iframe ref={frame} class="hw-report-frame" title={report.title} sandbox="" />;
}
