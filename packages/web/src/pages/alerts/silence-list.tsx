import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { SilenceAnswer } from "../../api/answers.ts";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { ageText } from "../../elements/time-text.ts";
import { ControlForm } from "../../shell/control-form.tsx";
import { Dialog } from "../../shell/dialog.tsx";
import { usePage } from "../../shell/page-context.ts";

export function SilenceList({ silences }: { readonly silences: readonly SilenceAnswer[] }): JSX.Element {
  const { haltwatch, live, toasts } = usePage();
  const [ending, setEnding] = useState<SilenceAnswer | undefined>();
  const nowMs = live.nowMs.value;

  const expire = async (): Promise<void> => {
    if (ending === undefined) return;
    await haltwatch.expireSilence(ending.id);
    live.refresh();
    toasts.show({ tone: "info", text: "The silence is over: people are told again." });
    setEnding(undefined);
  };

  return (
    <>
      <ScrollTable of="silences" isStacked>
        <thead>
          <tr>
            <th scope="col">Of</th>
            <th scope="col">Why</th>
            <th scope="col">By</th>
            <th scope="col">Ends</th>
            <th scope="col">
              <span class="hw-hidden">End it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {silences.map((silence) => (
            <tr key={silence.id}>
              <td>
                <ul class="hw-labels">
                  {silence.matchers.map(({ name, value, isRegex, isEqual = true }) => (
                    <li key={name} class="hw-label">
                      {`${name}${isEqual ? (isRegex ? "=~" : "=") : isRegex ? "!~" : "!="}"${value}"`}
                    </li>
                  ))}
                </ul>
              </td>
              <td>{silence.comment}</td>
              <td>
                {silence.createdBy}{" "}
                <span class="hw-muted">
                  (<RelativeTime time={silence.startsAt} />)
                </span>
              </td>
              <td>in {ageText(Date.parse(silence.endsAt) - nowMs)}</td>
              <td>
                <button type="button" class="hw-button hw-button-small" onClick={() => setEnding(silence)}>
                  Expire…
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      {ending === undefined ? null : (
        <Dialog title="Expire the silence" onClose={() => setEnding(undefined)}>
          <ControlForm
            submit="Expire it"
            tone="accent"
            act={expire}
            asksWho={false}
            onCancel={() => setEnding(undefined)}
          >
            <p>From now on people are told again of what it kept silent: {ending.comment}</p>
          </ControlForm>
        </Dialog>
      )}
    </>
  );
}
