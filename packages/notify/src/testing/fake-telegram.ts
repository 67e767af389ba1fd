/**
 * Telegram's Bot API as far as it sends messages and photos, with its documented limits and its HTML.
 *
 * https://core.telegram.org/bots/api#html-style, https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
import { type FakeAnswer, type FakeRequest, FakeServer } from "./fake-server.ts";

const TAGS = new Set(["b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"]);

export interface TelegramMessage {
  readonly method: "sendMessage" | "sendPhoto";
  readonly chatId: string;
  /** As people read it. */
  readonly text: string;
  readonly isQuiet: boolean;
  readonly threadId: string | undefined;
  readonly photo: Uint8Array | undefined;
  /** What Telegram makes of the text by itself, and could be misused. */
  readonly touchable: readonly string[];
}

export class FakeTelegram extends FakeServer {
  readonly token = "123456:ABC-very-secret_token";
  readonly messages: TelegramMessage[] = [];
  /** Enforced if set: one message a second to a chat, 20 a minute to a group. */
  isLimiting = false;
  takesPhotos = true;
  readonly #times = new Map<string, number[]>();

  constructor() {
    super((request) => this.#take(request));
  }

  async #take({ method, path, headers, body }: FakeRequest): Promise<FakeAnswer> {
    const match = /^\/bot([^/]+)\/(sendMessage|sendPhoto)$/.exec(path);
    if (match === null) return failed(404, "Not Found");
    if (match[1] !== this.token) return failed(401, "Unauthorized");
    if (method !== "POST") return failed(405, "Method Not Allowed");
    const isPhoto = match[2] === "sendPhoto";
    const fields = await fieldsOf(headers["content-type"] ?? "", body);
    const chatId = String(fields.get("chat_id") ?? "");
    if (!/^(?:-?\d+|@\w+)$/.test(chatId)) return failed(400, "Bad Request: chat not found");
    const wait = this.#waitSeconds(chatId);
    if (wait > 0) return failed(429, `Too Many Requests: retry after ${wait}`, { retry_after: wait });
    if (isPhoto && !this.takesPhotos) return failed(400, "Bad Request: not enough rights to send photos to the chat");
    // Multipart forms have CR LF for a line's end, and Telegram leaves CR out (td/telegram/misc.cpp, clean_input_string).
    const source = String(fields.get(isPhoto ? "caption" : "text") ?? "").replaceAll("\r", "");
    const parsed = fields.get("parse_mode") === "HTML" ? parsedHtml(source) : source;
    if (parsed === undefined) return failed(400, "Bad Request: can't parse entities");
    if (!isPhoto && parsed.trim() === "") return failed(400, "Bad Request: message text is empty");
    if (parsed.length > (isPhoto ? 1_024 : 4_096))
      return failed(400, `Bad Request: message ${isPhoto ? "caption " : ""}is too long`);
    this.#times.set(chatId, [...(this.#times.get(chatId) ?? []), performance.now()]);
    const photo = fields.get("photo");
    this.messages.push({
      method: isPhoto ? "sendPhoto" : "sendMessage",
      chatId,
      text: parsed,
      isQuiet: String(fields.get("disable_notification")) === "true",
      threadId: fields.has("message_thread_id") ? String(fields.get("message_thread_id")) : undefined,
      photo: photo instanceof Uint8Array ? photo : undefined,
      touchable: [...parsed.matchAll(/(?<![\w.])@\w+|(?<![\w/.])\/\w+/g)].map(([found]) => found),
    });
    return { status: 200, body: JSON.stringify({ ok: true, result: { message_id: this.messages.length } }) };
  }

  #waitSeconds(chatId: string): number {
    if (!this.isLimiting) return 0;
    const nowMs = performance.now();
    const times = this.#times.get(chatId) ?? [];
    const lastMs = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    const twentiethMs = chatId.startsWith("-") ? (times.at(-20) ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
    return Math.max(0, Math.ceil((lastMs + 1_000 - nowMs) / 1_000), Math.ceil((twentiethMs + 60_000 - nowMs) / 1_000));
  }
}

function failed(status: number, description: string, parameters?: Readonly<Record<string, number>>): FakeAnswer {
  return {
    status,
    body: JSON.stringify({ ok: false, error_code: status, description, ...(parameters ? { parameters } : {}) }),
  };
}

async function fieldsOf(contentType: string, body: Buffer<ArrayBuffer>): Promise<Map<string, unknown>> {
  if (contentType === "application/json") return new Map(Object.entries(JSON.parse(body.toString()) as object)); // Telegram takes an object
  const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
  const fields = new Map<string, unknown>();
  for (const [name, value] of form)
    fields.set(name, typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer()));
  return fields;
}

/** The text without its markup; `undefined` where Telegram would refuse it. */
function parsedHtml(html: string): string | undefined {
  const open: string[] = [];
  let text = "";
  for (const [token, slash, tag] of html.matchAll(/<(\/?)([a-z-]+)(?:\s+[a-z]+="[^"<>]*")*\s*>|[^<]+|</gi)) {
    if (token === "<") return undefined;
    if (tag === undefined) text += token;
    else if (!TAGS.has(tag)) return undefined;
    else if (slash === "") open.push(tag);
    else if (open.pop() !== tag) return undefined;
  }
  if (open.length > 0 || /&(?!(?:lt|gt|amp|quot|#\d+);)/.test(text)) return undefined;
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
