import type { JSX } from "preact";
import { toneIcon } from "../elements/health.tsx";
import { Icon } from "../elements/icon.tsx";
import { usePage } from "./page-context.ts";

/** Always there, so that a screen reader hears what comes into it. */
export function ToastRegion(): JSX.Element {
  const { toasts } = usePage();
  return (
    <div class="hw-toasts" role="status" aria-live="polite">
      {toasts.list.value.map(({ id, tone, text, action }) => (
        <div key={id} class={`hw-toast hw-tone-${tone}`}>
          <Icon name={toneIcon(tone)} />
          <p>{text}</p>
          {action === undefined ? null : (
            <button type="button" class="hw-button" onClick={action.act}>
              {action.text}
            </button>
          )}
          <button
            type="button"
            class="hw-button hw-button-bare"
            aria-label="Close this message"
            onClick={() => toasts.close(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
