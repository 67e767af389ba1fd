/** A person pauses: what, how strictly, and why. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../elements/icon.tsx";
import { concerns } from "../live/pause-scope.ts";
import { ControlForm } from "./control-form.tsx";
import { Dialog } from "./dialog.tsx";
import { Choice, TextField } from "./field.tsx";
import { usePage } from "./page-context.ts";

/** More names would hide the form. */
const MAX_NAMED = 3;

type PauseState = "REDUCING" | "HALTED";

export function PauseDialog({ scope: asked }: { readonly scope: string }): JSX.Element {
  const { dialogs, haltwatch, live, toasts } = usePage();
  const [scope, setScope] = useState(asked);
  const [state, setState] = useState<PauseState>("HALTED");
  const [reason, setReason] = useState("");
  const bots = live.overview.value?.bots ?? [];
  const outOfReach = bots
    .filter(({ bot, via }) => via === "scrape" && concerns(scope.trim(), bot))
    .map(({ bot }) => bot);

  const act = async (by: string): Promise<void> => {
    await haltwatch.pause({ scope: scope.trim(), state, reason: reason.trim(), by });
    live.refresh();
    toasts.show({ tone: "paused", text: `${scope.trim()} is paused. It stays so until a person arms it.` });
    dialogs.close();
  };

  return (
    <Dialog title="Pause" onClose={() => dialogs.close()}>
      <ControlForm submit={`Pause ${scope.trim()}`} tone="paused" act={act} onCancel={() => dialogs.close()}>
        <TextField
          label="What"
          value={scope}
          onInput={setScope}
          isRequired
          suggestions={["all", ...bots.map(({ bot }) => `bot:${bot}`)]}
          hint={
            <>
              <code>all</code>, <code>bot:NAME</code>, <code>venue:NAME</code>, <code>strategy:NAME</code>, or some with
              commas.
            </>
          }
        />
        {outOfReach.length === 0 ? null : (
          <p class="hw-dialog-warning">
            <Icon name="warning" />
            <span>
              Haltwatch cannot stop {outOfReach.slice(0, MAX_NAMED).join(", ")}
              {outOfReach.length > MAX_NAMED ? ` and ${outOfReach.length - MAX_NAMED} more` : ""}: it only reads{" "}
              {outOfReach.length === 1 ? "its" : "their"} metrics. Stop {outOfReach.length === 1 ? "it" : "them"}{" "}
              yourself.
            </span>
          </p>
        )}
        <Choice<PauseState>
          label="What may go on"
          value={state}
          onChange={setState}
          options={[
            { value: "HALTED", text: "Nothing (HALT)", hint: "No order goes out, not even to close." },
            { value: "REDUCING", text: "Closing only (REDUCE)", hint: "Open positions may be closed, no new ones." },
          ]}
        />
        <TextField
          label="Reason"
          value={reason}
          onInput={setReason}
          isRequired
          hasFocus
          placeholder="Positions differ from the venue's"
          hint="Who arms it later wants to know."
        />
      </ControlForm>
    </Dialog>
  );
}
