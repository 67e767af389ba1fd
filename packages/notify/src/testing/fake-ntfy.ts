/** ntfy with its documented limits (https://docs.ntfy.sh/publish/). */
import { type FakeAnswer, type FakeRequest, FakeServer } from "./fake-server.ts";

export interface NtfyMessage {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly click: string | undefined;
  readonly attachment: Uint8Array | undefined;
}

export class FakeNtfy extends FakeServer {
  readonly token = "tk_very_secret";
  readonly messages: NtfyMessage[] = [];
  takesAttachments = true;

  constructor() {
    super((request) => this.#take(request));
  }

  #take({ method, path, headers, body }: FakeRequest): FakeAnswer {
    if (headers["authorization"] !== `Bearer ${this.token}`) return failed(401, 40101, "unauthorized");
    if (method === "POST" && path === "/")
      return this.#publish(JSON.parse(body.toString()) as Partial<NtfyMessage>, undefined);
    const topic = /^\/([-_A-Za-z0-9]{1,64})$/.exec(path)?.[1];
    if (method !== "PUT" || topic === undefined) return failed(404, 40401, "page not found");
    if (!this.takesAttachments) return failed(400, 40014, "invalid request: attachments not allowed");
    const header = (name: string): string => decoded(headers[name] ?? "");
    const click = headers["click"];
    return this.#publish(
      {
        topic,
        title: header("title"),
        message: header("message").replaceAll("\\n", "\n"),
        priority: Number(headers["priority"]),
        tags: header("tags").split(","),
        ...(click === undefined ? {} : { click }),
      },
      new Uint8Array(body),
    );
  }

  #publish(given: Partial<NtfyMessage>, attachment: Uint8Array | undefined): FakeAnswer {
    const { topic = "", title = "", message = "", priority = 3, tags = [], click } = given;
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic)) return failed(400, 40009, "invalid request: topic invalid");
    if (![1, 2, 3, 4, 5].includes(priority))
      return failed(400, 40007, "invalid request: priority parameter is invalid");
    if (title.length > 250) return failed(400, 40024, "title too long");
    // What is longer becomes a file that nobody opens on a phone.
    if (message === "" || Buffer.byteLength(message) > 4_096) return failed(400, 40033, "message empty or too long");
    this.messages.push({ topic, title, message, priority, tags, click, attachment });
    return { status: 200, body: JSON.stringify({ id: "x", event: "message", topic }) };
  }
}

function failed(http: number, code: number, error: string): FakeAnswer {
  return { status: http, body: JSON.stringify({ code, http, error }) };
}

/** RFC 2047. */
function decoded(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/gi, (_, base64: string) => Buffer.from(base64, "base64").toString("latin1"))
    .replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, "latin1").toString("utf8"));
}
