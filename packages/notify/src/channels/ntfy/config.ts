/** An entry of `ntfy_configs`. Alertmanager has none; the keys are called as its others are. */
import { z } from "zod";
import { plainUrl, secretFile, secretReference } from "../secret-reference.ts";

export const ntfyConfig = z
  .strictObject({
    url: plainUrl.default("https://ntfy.sh"),
    /** On a public server a topic is as good as a password: then it is a reference. */
    topic: z.union([z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, "up to 64 letters, digits, - and _"), secretReference]),
    /** An access token. */
    token: secretReference.optional(),
    token_file: secretFile.optional(),
    send_resolved: z.boolean().default(true),
    /** 1 (hardly seen) to 5 (loudest), instead of what the level says. */
    priority: z.int().min(1).max(5).optional(),
  })
  .transform(({ token, token_file, ...rest }) => ({ ...rest, token: token ?? token_file }));

export type NtfyConfig = z.output<typeof ntfyConfig>;
