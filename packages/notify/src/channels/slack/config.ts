/** An entry of `slack_configs`: Alertmanager's, as far as it is about where to send and not about templates. */
import { z } from "zod";
import { plainUrl, secretFile, secretReference } from "../secret-reference.ts";

export const slackConfig = z
  .strictObject({
    /** The incoming webhook's address: all of it is a secret. */
    api_url: secretReference.optional(),
    api_url_file: secretFile.optional(),
    send_resolved: z.boolean().default(false),
    /** Old webhooks only: one made for an app posts where it was made for. */
    channel: z.string().min(1).max(80).optional(),
    username: z.string().min(1).max(80).optional(),
    icon_emoji: z
      .string()
      .regex(/^:[^:\s]+:$/, "an emoji's name stands between colons: :robot_face:")
      .optional(),
    icon_url: plainUrl.optional(),
  })
  .transform(({ api_url, api_url_file, ...rest }, context) => {
    const apiUrl = api_url ?? api_url_file;
    if (apiUrl === undefined) {
      context.addIssue({ code: "custom", path: ["api_url"], message: "where the incoming webhook's address is kept" });
      return z.NEVER;
    }
    return { ...rest, api_url: apiUrl };
  });

export type SlackConfig = z.output<typeof slackConfig>;
