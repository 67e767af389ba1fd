/** `[dead_man]` in haltwatch.toml: who outside is told that Haltwatch is well. */
import { z } from "zod";
import { duration, optional, text } from "../scrape/config-values.ts";
import { parseSecretReference } from "../secrets/index.ts";

/** More often would be a burden to whoever listens, milliseconds. */
const LEAST_INTERVAL_MS = 10_000;

/** Keys of haltwatch.toml, for its schema. */
export const DEAD_MAN_KEYS = {
  dead_man: z
    .strictObject({
      /** Whoever knows it can say that all is well: a secret. */
      url: optional(
        text.refine((written) => parseSecretReference(written) !== undefined, {
          error:
            "whoever knows this URL can say that all is well: write env:NAME, file:PATH, credential:NAME or keyring:NAME",
        }),
      ),
      interval: duration.prefault("1m"),
    })
    .prefault({})
    .refine(({ interval }) => interval >= LEAST_INTERVAL_MS, { error: "write at least 10s", path: ["interval"] }),
} as const;
