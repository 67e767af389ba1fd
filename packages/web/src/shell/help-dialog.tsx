import type { JSX } from "preact";
import { Dialog } from "./dialog.tsx";
import { usePage } from "./page-context.ts";
import { PAGE_KEYS } from "./shortcuts.ts";

export function HelpDialog(): JSX.Element {
  const { dialogs, live } = usePage();
  const isDemo = live.overview.value?.is_demo === true;
  const pages = PAGE_KEYS.filter(({ page }) => isDemo || page !== "what-if");
  return (
    <Dialog title="Keyboard" onClose={() => dialogs.close()}>
      <dl class="hw-keys">
        {pages.map(({ key, title }) => (
          <div key={key}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{title}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Shift</kbd> <kbd>P</kbd>
          </dt>
          <dd>Pause…</dd>
        </div>
        <div>
          <dt>
            <kbd>Shift</kbd> <kbd>A</kbd>
          </dt>
          <dd>Arm…</dd>
        </div>
        <div>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>This</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Closes a dialog</dd>
        </div>
      </dl>
    </Dialog>
  );
}
