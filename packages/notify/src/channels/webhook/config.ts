/** An entry of `webhook_configs`, as Alertmanager's. */
import { z } from "zod";
import { httpConfig } from "../http-config.ts";
import { secretFile, urlOrReference } from "../secret-reference.ts";

export const webhookConfig = z
  .strictObject({
    url: urlOrReference.optional(),
    url_file: secretFile.optional(),
    send_resolved: z.boolean().default(true),
    /** 0: all of them. */
    max_alerts: z.int().nonnegative().default(0),
    http_config: httpConfig.optional(),
  })
  .transform(({ url, url_file, ...rest }, context) => {
    const target = url ?? url_file;
    if (target === undefined) {
      context.addIssue({ code: "custom", path: ["url"], message: "the address to post to, or where it is kept" });
      return z.NEVER;
    }
    return { ...rest, url: target };
  });

export type WebhookConfig = z.output<typeof webhookConfig>;
