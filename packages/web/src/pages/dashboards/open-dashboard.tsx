/** One dashboard: Haltwatch's, or a file's. What draws it is loaded with the first. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { ControlForm } from "../../shell/control-form.tsx";
import { Dialog } from "../../shell/dialog.tsx";
import { usePage } from "../../shell/page-context.ts";
import { DashboardFrame } from "./dashboard-frame.tsx";
import type { OpenedFile } from "./opened-file.ts";

export function OpenDashboard({ uid }: { readonly uid: string }): JSX.Element {
  const { haltwatch } = usePage();
  const { data, fault, reload } = useResource(`dashboard ${uid}`, (signal) => haltwatch.dashboard(uid, { signal }));
  if (data === undefined) {
    return (
      <>
        <h1 class="hw-hidden">Dashboard</h1>
        {fault === undefined ? (
          <Loading what="the dashboard" />
        ) : (
          <Fault what="The dashboard could not be loaded" why={fault} onRetry={reload} />
        )}
        <p>
          <a href="#/dashboards">All dashboards</a>
        </p>
      </>
    );
  }
  return <DashboardFrame dashboard={data} />;
}

export function OpenFile(): JSX.Element {
  const { file } = usePage();
  const opened = file.value;
  const [isKeeping, setKeeping] = useState(false);
  if (opened === undefined) {
    return (
      <>
        <h1>Dashboard from a file</h1>
        <Empty title="The file is not open any more" icon="file">
          <p>It was in this tab only. Drop it on the page again, or keep it in Haltwatch the next time.</p>
          <a href="#/dashboards">All dashboards</a>
        </Empty>
      </>
    );
  }
  return (
    <>
      <p class="hw-dashboards-file">
        <span>
          <strong>{opened.name}</strong> is open in this tab only.
        </span>
        <button type="button" class="hw-button hw-button-small" onClick={() => setKeeping(true)}>
          Keep it in Haltwatch…
        </button>
      </p>
      <DashboardFrame key={opened.name} dashboard={opened.dashboard} />
      {isKeeping ? <KeepDialog file={opened} onClose={() => setKeeping(false)} /> : null}
    </>
  );
}

function KeepDialog({ file, onClose }: { readonly file: OpenedFile; readonly onClose: () => void }): JSX.Element {
  const { haltwatch, router, toasts } = usePage();
  const keep = async (): Promise<void> => {
    const { uid, title } = await haltwatch.keepDashboard(file.dashboard);
    toasts.show({ tone: "ok", text: `${title} is kept, for everybody who looks here.` });
    onClose();
    router.go("dashboards", [uid]);
  };
  return (
    <Dialog title="Keep the dashboard" onClose={onClose}>
      <ControlForm submit="Keep it" tone="accent" asksWho={false} act={keep} onCancel={onClose}>
        <p>{file.name} is then in the list for everybody who may look at this page. One of the same uid is replaced.</p>
      </ControlForm>
    </Dialog>
  );
}
