/** What stands where there is nothing to show: not yet, nothing at all, or a fault. */
import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface EmptyProps {
  readonly icon?: IconName;
  readonly title: string;
  /** What to do. */
  readonly children?: ComponentChildren;
}

export function Empty({ icon = "info", title, children }: EmptyProps): JSX.Element {
  return (
    <div class="hw-empty">
      <Icon name={icon} />
      <p class="hw-empty-title">{title}</p>
      {children === undefined ? null : <div class="hw-empty-text">{children}</div>}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }): JSX.Element {
  return (
    <p class="hw-loading" role="status">
      <span class="hw-spinner" aria-hidden="true" />
      Loading {what}…
    </p>
  );
}

export interface FaultProps {
  /** What could not be done: `The rules could not be loaded`. */
  readonly what: string;
  readonly why: string;
  readonly onRetry?: () => void;
}

export function Fault({ what, why, onRetry }: FaultProps): JSX.Element {
  return (
    <div class="hw-fault" role="alert">
      <Icon name="critical" />
      <div>
        <p class="hw-fault-what">{what}</p>
        <p>{why}</p>
      </div>
      {onRetry === undefined ? null : (
        <button type="button" class="hw-button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
