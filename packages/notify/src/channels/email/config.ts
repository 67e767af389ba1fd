/** An entry of `email_configs`: Alertmanager's, as far as it is about where to send and not about templates. */
import { z } from "zod";
import { secretFile, secretReference } from "../secret-reference.ts";

/** One line: what comes after a line's end would be another header. */
const line = z
  .string()
  .max(998)
  .regex(/^[^\r\n]*$/, "one line");

/** RFC 5322, 2.2: a field's name. */
const headerName = z.string().regex(/^[\x21-\x39\x3b-\x7e]+$/, "a header's name");

export const emailConfig = z
  .strictObject({
    /** One address, or several with commas between them. */
    to: line.min(3),
    from: line.min(3),
    /** `host:port`; 465 is TLS from the start. */
    smarthost: z.string().regex(/^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/@]+):\d{1,5}$/, "host:port"),
    /** What it calls itself. */
    hello: line.optional(),
    auth_username: line.optional(),
    auth_password: secretReference.optional(),
    auth_password_file: secretFile.optional(),
    /** Nothing is sent if the server cannot encrypt. */
    require_tls: z.boolean().default(true),
    tls_config: z
      .strictObject({
        server_name: line.optional(),
        insecure_skip_verify: z.boolean().default(false),
      })
      .optional(),
    headers: z.record(headerName, line).default({}),
    send_resolved: z.boolean().default(false),
  })
  .transform(({ auth_password, auth_password_file, ...rest }, context) => {
    const password = auth_password ?? auth_password_file;
    if (rest.auth_username !== undefined && password === undefined) {
      context.addIssue({ code: "custom", path: ["auth_password"], message: "where the password is kept" });
      return z.NEVER;
    }
    return { ...rest, auth_password: password };
  });

export type EmailConfig = z.output<typeof emailConfig>;
