/**
 * Stands in for Slack and Telegram: takes what Haltwatch's channels really send there, on this machine, and keeps it for people to
 * see. Slack shows a picture by its address; to Telegram its bytes are sent.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { levelOf, plainOfHtml, plainOfMrkdwn } from "./message-text.ts";

/** Newest messages that are kept. */
const MAX_MESSAGES = 100;

/** Longest request, bytes: a picture has some ten thousand. */
const MAX_BODY = 8 * 1024 * 1024;

/** Where the pictures are that Telegram was sent. */
export const PICTURES_PATH = "/api/haltwatch/demo/pictures/";

export interface SentMessage {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly channel: "slack" | "telegram";
  readonly level: string;
  readonly text: string;
  /** Its path on Haltwatch's own address. */
  readonly picture: string | null;
}

export class StandIns implements AsyncDisposable {
  /** The path of Slack's webhook; as a secret as the real one's. */
  readonly #slackPath = `/services/${randomBytes(9).toString("hex")}`;
  readonly telegramToken = `1000000001:${randomBytes(18).toString("base64url")}`;
  readonly #onMessage: (message: SentMessage) => void;
  readonly #server: Server;
  /** The newest first. */
  #messages: readonly SentMessage[] = [];
  readonly #pictures = new Map<string, Uint8Array>();
  #count = 0;

  private constructor(onMessage: (message: SentMessage) => void) {
    this.#onMessage = onMessage;
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy()); // what is no message of ours is not answered
    });
  }

  /** @param onMessage told of each message; once more of one whose picture comes after it */
  static async start(onMessage: (message: SentMessage) => void): Promise<StandIns> {
    const standIns = new StandIns(onMessage);
    standIns.#server.listen(0, "127.0.0.1");
    await once(standIns.#server, "listening");
    return standIns;
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  }

  get slackWebhook(): string {
    return `${this.url}${this.#slackPath}`;
  }

  /** The newest first, at most a hundred. */
  get messages(): readonly SentMessage[] {
    return this.#messages;
  }

  /** PNG. */
  picture(id: string): Uint8Array | undefined {
    return this.#pictures.get(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path, method } = request;
    const type = request.headers["content-type"] ?? "";
    const body = await bodyOf(request);
    const telegram = `/bot${this.telegramToken}/`;
    if (method === "POST" && path === this.#slackPath) {
      this.#slack(JSON.parse(body.toString()));
      response.end("ok");
    } else if (method === "POST" && path === `${telegram}sendMessage`) {
      const { text } = textsOf(JSON.parse(body.toString()));
      this.#add("telegram", plainOfHtml(text ?? ""), undefined);
      answerTelegram(response, this.#count);
    } else if (method === "POST" && path === `${telegram}sendPhoto`) {
      await this.#photo(await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData());
      answerTelegram(response, this.#count);
    } else response.writeHead(404).end();
  }

  #slack(payload: unknown): void {
    const { text } = textsOf(payload);
    const blocks = blocksOf(payload);
    const lines = [text, ...blocks.map((block) => textsOf(block["text"])["text"])].filter((line) => line !== undefined);
    const image = blocks.map((block) => textsOf(block)["image_url"]).find((url) => url !== undefined);
    const picture = image !== undefined && URL.canParse(image) ? new URL(image).pathname : undefined;
    this.#add("slack", plainOfMrkdwn(lines.join("\n")), picture);
  }

  async #photo(form: FormData): Promise<void> {
    const photo = form.get("photo");
    const caption = form.get("caption");
    const png = photo instanceof Blob ? new Uint8Array(await photo.arrayBuffer()) : new Uint8Array();
    // One without a caption comes late, after its text.
    const late = caption === null ? this.#messages.find(({ channel }) => channel === "telegram") : undefined;
    const id = late?.id ?? String(this.#count + 1);
    this.#pictures.set(id, png);
    const picture = `${PICTURES_PATH}${id}`;
    if (late?.picture === null) {
      const whole = { ...late, picture };
      this.#messages = this.#messages.map((message) => (message === late ? whole : message));
      this.#onMessage(whole);
    } else this.#add("telegram", plainOfHtml(typeof caption === "string" ? caption : ""), picture);
  }

  #add(channel: SentMessage["channel"], text: string, picture: string | undefined): void {
    this.#count += 1;
    const message: SentMessage = {
      ...{ id: String(this.#count), time: new Date().toISOString(), channel },
      ...{ level: levelOf(text), text, picture: picture ?? null },
    };
    this.#messages = [message, ...this.#messages].slice(0, MAX_MESSAGES);
    const kept = new Set(this.#messages.map(({ id }) => id));
    for (const id of this.#pictures.keys()) if (!kept.has(id)) this.#pictures.delete(id);
    this.#onMessage(message);
  }
}

/** @throws {RangeError} if it is too long */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stream: AsyncIterable<Buffer> = request;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) throw new RangeError("longer than any message");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Those of its fields that are texts. */
function textsOf(value: unknown): Readonly<Record<string, string | undefined>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, field]) => typeof field === "string"));
}

/** Blocks of all its attachments. */
function blocksOf(payload: unknown): Readonly<Record<string, unknown>>[] {
  return listOf(payload, "attachments").flatMap((attachment) => listOf(attachment, "blocks"));
}

function listOf(value: unknown, name: string): Readonly<Record<string, unknown>>[] {
  const list: unknown =
    typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
  return Array.isArray(list) ? list.filter((one) => typeof one === "object" && one !== null) : [];
}

function answerTelegram(response: ServerResponse, messageId: number): void {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ ok: true, result: { message_id: messageId } }));
}
