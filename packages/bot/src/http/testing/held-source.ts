/** For tests: sources of metrics that render as slowly, as long or as badly as a test wants. */
import { randomBytes } from "node:crypto";
import type { MetricSource } from "../../registry/registry.ts";

/** Longer than what is looked at before an answer begins, so that it is streamed. */
export const LONG_CHUNK = `${"# a comment\n".repeat(200)}a_total 1\n`;

/** A promise that a test settles. */
export function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Gives a first chunk, and its last when it is let go on. */
export function heldSource(): MetricSource & {
  readonly letGo: () => void;
  readonly begun: Promise<void>;
  /** When a rendering has ended, in whatever way. */
  readonly ended: Promise<void>;
} {
  const held = gate();
  const begin = gate();
  const end = gate();
  return {
    async *renderChunks() {
      try {
        begin.open();
        yield LONG_CHUNK;
        await held.opened;
        yield "b_total 2\n";
      } finally {
        end.open();
      }
    },
    letGo: held.open,
    begun: begin.opened,
    ended: end.opened,
  };
}

/** Gzip does not make it much smaller. */
const DENSE_CHUNK = randomBytes(49_152).toString("base64");

/** Never comes to an end by itself. */
export function endlessSource(): MetricSource & { readonly given: () => number; readonly ended: Promise<void> } {
  const end = gate();
  let given = 0;
  return {
    async *renderChunks() {
      try {
        while (true) {
          given += 1;
          yield DENSE_CHUNK;
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        end.open();
      }
    },
    given: () => given,
    ended: end.opened,
  };
}

/** Gives these chunks, then fails. */
export function failingSource(...chunks: readonly string[]): MetricSource {
  return {
    async *renderChunks() {
      yield* chunks;
      throw new Error("the database is gone");
    },
  };
}
