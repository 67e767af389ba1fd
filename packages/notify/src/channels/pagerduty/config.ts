/** An entry of `pagerduty_configs`: Alertmanager's for the Events API v2, as far as it is not about templates. */
import { z } from "zod";
import { plainUrl, secretFile, secretReference } from "../secret-reference.ts";

export const pagerdutyConfig = z
  .strictObject({
    routing_key: secretReference.optional(),
    routing_key_file: secretFile.optional(),
    url: plainUrl.default("https://events.pagerduty.com/v2/enqueue"),
    send_resolved: z.boolean().default(true),
    client: z.string().min(1).max(255).default("Haltwatch"),
  })
  .transform(({ routing_key, routing_key_file, ...rest }, context) => {
    const key = routing_key ?? routing_key_file;
    if (key === undefined) {
      context.addIssue({ code: "custom", path: ["routing_key"], message: "where the integration's key is kept" });
      return z.NEVER;
    }
    return { ...rest, routing_key: key };
  });

export type PagerdutyConfig = z.output<typeof pagerdutyConfig>;
