/** A fault of the page's own: it is said in the fault's place. Without this the page would stand still, and look as if all were well. */
import { Component, type ComponentChildren } from "preact";
import { Fault } from "./notes.tsx";

export interface ErrorBoundaryProps {
  /** `This page` */
  readonly what: string;
  readonly children: ComponentChildren;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly fault?: string }> {
  static override getDerivedStateFromError(error: unknown): { readonly fault: string } {
    // As if nobody had caught it: it stands in the console.
    reportError(error);
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render({ what, children }: ErrorBoundaryProps, { fault }: { readonly fault?: string }): ComponentChildren {
    if (fault === undefined) return children;
    return (
      <Fault
        what={`${what} could not be drawn`}
        why={`What it would show is not known here. ${fault}`}
        onRetry={() => window.location.reload()}
      />
    );
  }
}
