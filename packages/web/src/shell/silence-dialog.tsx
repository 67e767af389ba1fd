/** Keeps people from being told of an alert for a while. It keeps no rule from pausing. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LabelSet } from "../api/answers.ts";
import { ControlForm } from "./control-form.tsx";
import { Dialog } from "./dialog.tsx";
import { Choice, TextField } from "./field.tsx";
import { usePage } from "./page-context.ts";

const HOUR_MS = 3_600_000;

const DURATIONS = [
  { value: "1", text: "1 h" },
  { value: "4", text: "4 h" },
  { value: "24", text: "1 d" },
  { value: "168", text: "7 d" },
] as const;

type Hours = (typeof DURATIONS)[number]["value"];

export function SilenceDialog({ labels }: { readonly labels: LabelSet }): JSX.Element {
  const { dialogs, haltwatch, live, toasts } = usePage();
  const names = Object.keys(labels);
  const [chosen, setChosen] = useState<readonly string[]>(
    names.filter((name) => name === "alertname" || name === "bot"),
  );
  const [hours, setHours] = useState<Hours>("1");
  const [comment, setComment] = useState("");

  const act = async (createdBy: string): Promise<void> => {
    if (chosen.length === 0) throw new Error("Choose at least one label: else every alert would be silent");
    const nowMs = live.nowMs.peek();
    await haltwatch.silence({
      matchers: chosen.map((name) => ({ name, value: labels[name] ?? "", isRegex: false })),
      startsAt: new Date(nowMs).toISOString(),
      endsAt: new Date(nowMs + Number(hours) * HOUR_MS).toISOString(),
      createdBy,
      comment: comment.trim(),
    });
    live.refresh();
    toasts.show({ tone: "info", text: "The silence is in force. Rules pause all the same." });
    dialogs.close();
  };

  const toggle = (name: string, isOn: boolean): void =>
    setChosen(isOn ? [...chosen, name] : chosen.filter((one) => one !== name));

  return (
    <Dialog title="Silence" onClose={() => dialogs.close()}>
      <ControlForm submit="Silence" tone="accent" act={act} onCancel={() => dialogs.close()}>
        <p>Nobody is told of alerts with all of these labels. They are still shown here, and still pause.</p>
        <fieldset class="hw-choice">
          <legend>Labels</legend>
          {names.map((name) => (
            <label key={name} class="hw-check">
              <input
                type="checkbox"
                checked={chosen.includes(name)}
                onChange={(event) => toggle(name, event.currentTarget.checked)}
              />
              <code>
                {name}="{labels[name]}"
              </code>
            </label>
          ))}
        </fieldset>
        <Choice<Hours> label="For how long" value={hours} onChange={setHours} options={DURATIONS} />
        <TextField
          label="Why"
          value={comment}
          onInput={setComment}
          isRequired
          hasFocus
          placeholder="The venue is being upgraded"
        />
      </ControlForm>
    </Dialog>
  );
}
