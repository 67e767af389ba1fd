/**
 * The frame of every form that changes something: who does it, the control token if it is not known, what came of it. A token that
 * was refused is asked for again in the same place, and nothing that was written is lost.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, errorText } from "../api/api-error.ts";
import { Icon } from "../elements/icon.tsx";
import { TextField } from "./field.tsx";
import { usePage } from "./page-context.ts";

export interface ControlFormProps {
  readonly children: ComponentChildren;
  readonly submit: string;
  readonly tone: "paused" | "ok" | "accent";
  /** @param who the person's name */
  readonly act: (who: string) => Promise<void>;
  readonly onCancel: () => void;
  /** Something to do about a refusal. */
  readonly onRefused?: (error: ApiError) => ComponentChildren;
  readonly asksWho?: boolean;
}

const NAME_KEY = "haltwatch.name";

export function ControlForm({
  children,
  submit,
  tone,
  act,
  onCancel,
  onRefused,
  asksWho = true,
}: ControlFormProps): JSX.Element {
  const { tokens, kept } = usePage();
  const [who, setWho] = useState(kept.getItem(NAME_KEY) ?? "");
  const [token, setToken] = useState("");
  const [fault, setFault] = useState<ApiError | Error | undefined>();
  const [isBusy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const isTokenKnown = tokens.control.value !== undefined;
  // Whoever is asked for another token writes it at once.
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLInputElement>('input[type="password"]')?.focus();
  }, [refusals]);

  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFault(undefined);
    if (token !== "") tokens.keep("control", token.trim());
    if (asksWho) kept.setItem(NAME_KEY, who.trim());
    try {
      await act(who.trim());
    } catch (error) {
      setFault(error instanceof Error ? error : new Error(String(error)));
      setToken("");
      setRefusals((before) => before + 1);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form ref={form} class="hw-form" onSubmit={onSubmit} aria-busy={isBusy}>
      {children}
      {asksWho ? (
        <TextField
          label="Your name"
          value={who}
          onInput={setWho}
          isRequired
          autocomplete="name"
          hint="Stands in the journal, with the reason."
        />
      ) : null}
      {isTokenKnown ? null : (
        <TextField
          label="Control token"
          type="password"
          value={token}
          onInput={setToken}
          isRequired
          hint={
            <>
              <code>web.control_token</code> of haltwatch.toml. It is kept until this tab is closed.
            </>
          }
        />
      )}
      {fault === undefined ? null : (
        <div class="hw-fault" role="alert">
          <Icon name="critical" />
          <div>
            <p class="hw-fault-what">{faultTitle(fault)}</p>
            <p>{errorText(fault)}</p>
            {fault instanceof ApiError ? onRefused?.(fault) : null}
          </div>
        </div>
      )}
      <div class="hw-form-buttons">
        <button type="button" class="hw-button" onClick={onCancel}>
          Cancel
        </button>
        {/* Not disabled while it is under way: the focus would be lost. */}
        <button type="submit" class={`hw-button hw-button-${tone}`} aria-disabled={isBusy}>
          {isBusy ? "Asking Haltwatch…" : submit}
        </button>
      </div>
    </form>
  );
}

function faultTitle(error: Error): string {
  if (!(error instanceof ApiError)) return "It was not done";
  if (error.kind === "unauthorized") return "The control token was not accepted. Nothing was done";
  if (error.kind === "forbidden") return "Nobody may do this here";
  if (error.kind === "unreachable" || error.kind === "slow") return "Whether it was done is not known";
  return "Refused";
}
