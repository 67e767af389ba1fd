/** A person lets trade again. Refused while the cause is still there, unless it is forced. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api/api-error.ts";
import { Icon } from "../elements/icon.tsx";
import { RelativeTime } from "../elements/relative-time.tsx";
import { botOf, concerns } from "../live/pause-scope.ts";
import { ControlForm } from "./control-form.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { usePage } from "./page-context.ts";

/** Of the guard's refusal: `bot:arb-1 stays paused: X still fires`. */
const STILL_FIRING = /still fires/;

/** Whether a pause of one scope keeps on holding some of what the other is about. */
function holdsToo(one: string, armed: string): boolean {
  const bot = botOf(armed);
  return bot === undefined || concerns(one, bot);
}

export function ArmDialog({ scope: asked }: { readonly scope: string }): JSX.Element {
  const { dialogs, haltwatch, live, toasts } = usePage();
  const scopes = [...new Set(live.pauses.value.map(({ scope }) => scope))];
  const [scope, setScope] = useState(asked === "" ? (scopes[0] ?? "") : asked);
  const [reason, setReason] = useState("");
  const [isForced, setForced] = useState(false);
  const [mayForce, setMayForce] = useState(false);
  const lifted = live.pauses.value.filter((pause) => pause.scope === scope.trim());
  const staying = scopes.filter((one) => one !== scope.trim() && holdsToo(one, scope.trim()));
  const choose = (next: string): void => {
    setScope(next);
    // What was agreed to for one is not for another.
    setForced(false);
    setMayForce(false);
  };

  const act = async (by: string): Promise<void> => {
    try {
      const { remaining } = await haltwatch.arm({ scope: scope.trim(), reason: reason.trim(), by, force: isForced });
      live.refresh();
      const stays = remaining.map((pause) => `${pause.scope} (${pause.rule ?? pause.by})`).join(", ");
      toasts.show(
        remaining.length === 0
          ? { tone: "ok", text: `${scope.trim()} is armed: it may trade again.` }
          : { tone: "paused", text: `${scope.trim()} is armed, but these pauses still hold: ${stays}.` },
      );
      dialogs.close();
    } catch (error) {
      if (error instanceof Error && STILL_FIRING.test(error.message)) setMayForce(true);
      throw error;
    }
  };

  const onRefused = (error: ApiError): JSX.Element | null =>
    STILL_FIRING.test(error.message) ? (
      <p>To arm all the same, tick “Force” below and arm again. The same alert pauses again only when it fires anew.</p>
    ) : null;

  return (
    <Dialog title="Arm" onClose={() => dialogs.close()}>
      <ControlForm
        submit={isForced ? `Force: arm ${scope.trim()}` : `Arm ${scope.trim()}`}
        tone={isForced ? "paused" : "ok"}
        act={act}
        onCancel={() => dialogs.close()}
        onRefused={onRefused}
      >
        <TextField label="What" value={scope} onInput={choose} isRequired suggestions={scopes} />
        {lifted.length === 0 ? null : (
          <ul class="hw-pause-list">
            {lifted.map((pause) => (
              <li key={pause.epoch}>
                <Icon name="paused" />
                <span>
                  <strong>{pause.rule ?? `By ${pause.by}`}</strong>: {pause.reason}{" "}
                  <span class="hw-muted">
                    (<RelativeTime time={pause.time} />)
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
        {staying.length === 0 ? null : (
          <p class="hw-muted">Paused besides, and armed one by one: {staying.join("; ")}</p>
        )}
        <TextField
          label="Why is it safe to trade again?"
          value={reason}
          onInput={setReason}
          isRequired
          hasFocus
          placeholder="Compared with the venue: they agree now"
        />
        {mayForce ? (
          <label class="hw-check">
            <input type="checkbox" checked={isForced} onChange={(event) => setForced(event.currentTarget.checked)} />
            <span>
              <strong>Force</strong>, although the cause is still there. The journal will say so.
            </span>
          </label>
        ) : null}
      </ControlForm>
    </Dialog>
  );
}
