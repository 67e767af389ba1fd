/**
 * Slack's incoming webhook with its documented limits: what it would refuse, or show otherwise than meant, is refused.
 *
 * https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/messaging/formatting-message-text
 */
import { type FakeAnswer, type FakeRequest, FakeServer } from "./fake-server.ts";

const PATH = "/services/T000/B000/very-secret";

interface SlackBlock {
  readonly type: string;
  readonly text?: { readonly type: string; readonly text: string; readonly verbatim?: boolean };
  readonly image_url?: string;
  readonly alt_text?: string;
}

export interface SlackMessage {
  readonly text: string;
  readonly attachments?: readonly { readonly color?: string; readonly blocks?: readonly SlackBlock[] }[];
}

export class FakeSlack extends FakeServer {
  readonly messages: SlackMessage[] = [];
  /** Enforced if set: one message a second. */
  isLimiting = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor() {
    super((request) => this.#take(request));
  }

  get webhook(): string {
    return `${this.url}${PATH}`;
  }

  #take({ method, path, headers, body }: FakeRequest): FakeAnswer {
    if (path !== PATH) return { status: 404, body: "no_service" };
    if (method !== "POST" || headers["content-type"] !== "application/json")
      return { status: 400, body: "invalid_payload" };
    const nowMs = performance.now();
    if (this.isLimiting && nowMs - this.#lastMs < 1_000)
      return { status: 429, headers: { "retry-after": "1" }, body: "rate_limited" };
    let message: SlackMessage;
    try {
      message = JSON.parse(body.toString()) as SlackMessage; // looked at below
    } catch {
      return { status: 400, body: "invalid_payload" };
    }
    const fault = faultOf(message);
    if (fault !== undefined) return { status: 400, body: fault };
    this.#lastMs = nowMs;
    this.messages.push(message);
    return { status: 200, body: "ok" };
  }
}

/** As Slack calls it. */
function faultOf({ text, attachments = [] }: SlackMessage): string | undefined {
  if (typeof text !== "string" || text === "") return "no_text";
  if (text.length > 40_000) return "msg_too_long";
  const blocks = attachments.flatMap((attachment) => attachment.blocks ?? []);
  if (blocks.length > 50) return "invalid_blocks";
  if (attachments.some(({ color }) => color !== undefined && !/^#[0-9a-f]{6}$/i.test(color)))
    return "invalid_attachments";
  for (const block of blocks) {
    if (block.type === "section") {
      const length = block.text?.text.length ?? 0;
      if (length < 1 || length > 3_000) return "invalid_blocks";
      if (block.text?.type === "mrkdwn" && !isWellEscaped(block.text.text)) return "invalid_blocks: not escaped";
    } else if (block.type === "image") {
      if (!/^https?:\/\//.test(block.image_url ?? "") || (block.image_url?.length ?? 0) > 3_000)
        return "invalid_blocks";
      if ((block.alt_text?.length ?? 0) < 1 || (block.alt_text?.length ?? 0) > 2_000) return "invalid_blocks";
    } else return "invalid_blocks";
  }
  return isWellEscaped(text) ? undefined : "invalid_payload: not escaped";
}

/** Nothing between angle brackets but links, and `&` for entities only. */
function isWellEscaped(text: string): boolean {
  const rest = text.replace(/<https?:\/\/[^<>|\s]+\|[^<>|]+>/g, "").replace(/&(?:amp|lt|gt);/g, "");
  return !/[<>&]/.test(rest);
}
