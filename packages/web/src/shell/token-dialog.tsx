import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Access } from "../api/http.ts";
import { Dialog } from "./dialog.tsx";
import { Choice, TextField } from "./field.tsx";
import { usePage } from "./page-context.ts";

export interface TokenDialogProps {
  readonly access: Access;
  readonly why: string;
}

/** Asks for a token, and forgets those that are kept. */
export function TokenDialog({ access: asked, why }: TokenDialogProps): JSX.Element {
  const { dialogs, live, toasts, tokens } = usePage();
  const [access, setAccess] = useState<Access>(asked);
  const [token, setToken] = useState("");
  const isAnyKept = tokens.read.value !== undefined || tokens.control.value !== undefined;

  const onSubmit = (event: Event): void => {
    event.preventDefault();
    tokens.keep(access, token.trim());
    live.reconnect();
    dialogs.close();
  };

  const forget = (): void => {
    tokens.forget();
    live.reconnect();
    toasts.show({ tone: "info", text: "The tokens are forgotten." });
    dialogs.close();
  };

  return (
    <Dialog title="Token" onClose={() => dialogs.close()}>
      <form class="hw-form" onSubmit={onSubmit}>
        {why === "" ? null : <p>{why}</p>}
        <Choice<Access>
          label="Which"
          value={access}
          onChange={setAccess}
          options={[
            { value: "read", text: "Read token", hint: "To look: web.read_token" },
            { value: "control", text: "Control token", hint: "To pause, arm and silence, too: web.control_token" },
          ]}
        />
        <TextField
          label="Token"
          type="password"
          value={token}
          onInput={setToken}
          isRequired
          hasFocus
          hint="It stands in haltwatch.toml, or where that says. It is kept until this tab is closed, and sent to Haltwatch only."
        />
        <div class="hw-form-buttons">
          {isAnyKept ? (
            <button type="button" class="hw-button hw-button-left" onClick={forget}>
              Forget tokens
            </button>
          ) : null}
          <button type="button" class="hw-button" onClick={() => dialogs.close()}>
            Cancel
          </button>
          <button type="submit" class="hw-button hw-button-accent">
            Use it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
