/**
 * Mail over SMTP. A mail that is sent again has the same Message-ID, so that mail programs show it once; the mails of one group are
 * one thread.
 */
import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import { fitted } from "../../message/fitted.ts";
import { harmless } from "../../message/harmless.ts";
import { LOOKS } from "../../message/level.ts";
import { type Message, messageOf } from "../../message/message.ts";
import type { News } from "../../message/news.ts";
import { plainBody } from "../../message/plain-message.ts";
import { type Channel, type Delivery, delivered, type Outcome, type RateLimit, refused, retry } from "../channel.ts";
import { comingPicture } from "../picture-in-time.ts";
import { SecretError, Secrets } from "../secrets.ts";
import type { EmailConfig } from "./config.ts";
import { emailBody } from "./email-body.ts";

/** Nobody reads more, UTF-16 units. */
const MAX_BODY = 100_000;

/** So much of a server's answer is repeated to people, UTF-16 units. */
const MAX_REASON = 300;

/** A mail takes several exchanges: so many times as long as one answer, all in all. */
const EXCHANGES = 3;

const PICTURE_ID = "chart@haltwatch";

export class Email implements Channel {
  readonly kind = "email";
  readonly takesDigests = true;
  readonly limits: readonly RateLimit[];
  readonly #config: EmailConfig;

  constructor(config: EmailConfig) {
    this.#config = config;
    this.limits = [{ key: `email ${config.smarthost} ${config.to}`, messages: 60, perMs: 60_000 }];
  }

  async send(news: News, delivery: Delivery): Promise<Outcome> {
    const secrets = new Secrets(delivery);
    const { auth_password } = this.#config;
    try {
      const password = auth_password === undefined ? undefined : await secrets.get(auth_password);
      const { clock, externalUrl } = delivery;
      const message = messageOf(news, { nowMs: clock.now(), externalUrl });
      const picture = await comingPicture(news, delivery)?.inTime;
      return await this.#deliver(mailOf(news, message, picture?.png), { password, secrets, delivery });
    } catch (error) {
      if (error instanceof SecretError) return refused("channel", error.message);
      throw error;
    }
  }

  async #deliver(mail: Mail, { password, secrets, delivery }: Attempt): Promise<Outcome> {
    const { to, from, headers } = this.#config;
    const transport = createTransport(this.#transportOptions(password, delivery.timeoutMs));
    // The transport's own timeouts begin anew with each byte.
    const overtime = Promise.withResolvers<Outcome>();
    const cancel = delivery.clock.after(delivery.timeoutMs * EXCHANGES, () => {
      overtime.resolve(retry(`not sent within ${delivery.timeoutMs * EXCHANGES} ms`));
    });
    const stopped = (): void => overtime.resolve(retry("stopped"));
    delivery.signal.addEventListener("abort", stopped, { once: true });
    try {
      const sent = transport.sendMail({ ...mail, to, from, headers: { ...headers, ...mail.headers } }).then(
        () => delivered(),
        (error: unknown) => outcomeOfFailure(error, secrets),
      );
      return await Promise.race([sent, overtime.promise]);
    } finally {
      cancel();
      delivery.signal.removeEventListener("abort", stopped);
      transport.close();
    }
  }

  #transportOptions(password: string | undefined, timeoutMs: number) {
    const { smarthost, hello, auth_username, require_tls, tls_config } = this.#config;
    const colon = smarthost.lastIndexOf(":");
    const port = Number(smarthost.slice(colon + 1));
    return {
      host: smarthost.slice(0, colon).replace(/^\[|\]$/g, ""),
      port,
      secure: port === 465,
      requireTLS: require_tls,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(hello === undefined ? {} : { name: hello }),
      ...(auth_username === undefined || password === undefined
        ? {}
        : { auth: { user: auth_username, pass: password } }),
      tls: {
        rejectUnauthorized: tls_config?.insecure_skip_verify !== true,
        ...(tls_config?.server_name === undefined ? {} : { servername: tls_config.server_name }),
      },
    };
  }
}

interface Attempt {
  readonly password: string | undefined;
  readonly secrets: Secrets;
  readonly delivery: Delivery;
}

interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly references: string;
  readonly priority: "high" | "normal";
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: { filename: string; content: Buffer; cid: string; contentType: string }[];
}

function mailOf(news: News, message: Message, png: Uint8Array | undefined): Mail {
  const key = news.kind === "group" ? news.notification.idempotencyKey : news.idempotencyKey;
  const thread = news.kind === "group" ? news.notification.groupKey : "digests";
  const pictureId = png === undefined ? undefined : PICTURE_ID;
  return {
    subject: `${LOOKS[message.look].emoji} ${message.headline}`,
    text: fitted(message, plainBody, (body) => body.length <= MAX_BODY) || message.headline,
    html: fitted(
      message,
      (shorter) => emailBody(shorter, pictureId),
      (body) => body.length <= MAX_BODY,
    ),
    messageId: `<${hash(key)}@haltwatch>`,
    references: `<${hash(thread)}.thread@haltwatch>`,
    priority: message.look === "critical" ? "high" : "normal",
    headers: { "Auto-Submitted": "auto-generated", "X-Haltwatch-Level": message.look },
    attachments:
      png === undefined
        ? []
        : [{ filename: "chart.png", content: Buffer.from(png), cid: PICTURE_ID, contentType: "image/png" }],
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** RFC 5321, 4.2.1: 4yz is for now, 5yz is for good. */
function outcomeOfFailure(error: unknown, secrets: Secrets): Outcome {
  const { code, response, responseCode } = partsOf(error);
  const said = harmless(secrets.removedFrom(response), MAX_REASON);
  const reason = `${code === "" ? "not sent" : code}${said === "" ? "" : `: ${said}`}`;
  if (responseCode === undefined || responseCode < 500) return retry(reason);
  // 530 to 538 are about who asks; what is said to RCPT and DATA may be about this mail.
  return refused(code === "EAUTH" || (responseCode >= 530 && responseCode <= 538) ? "channel" : "message", reason);
}

function partsOf(error: unknown): { code: string; response: string; responseCode: number | undefined } {
  if (typeof error !== "object" || error === null) return { code: "", response: "", responseCode: undefined };
  return {
    code: "code" in error && typeof error.code === "string" ? error.code : "",
    response: "response" in error && typeof error.response === "string" ? error.response : "",
    responseCode: "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : undefined,
  };
}
