/** Mail, through a real SMTP server: Debian's python3-aiosmtpd. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface, type Interface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Channel } from "../../packages/notify/src/channels/channel.ts";
import { news } from "../../packages/notify/src/outbox/fold.ts";
import { channelFrom } from "../../packages/notify/src/testing/configured.ts";
import { delivery } from "../../packages/notify/src/testing/delivery.ts";
import { alert, notification } from "../../packages/notify/src/testing/notifications.ts";
import { describeWithPeer } from "../peers.ts";

/** Debian's own: it has the package. */
const PYTHON = "/usr/bin/python3";

const SCRIPT = fileURLToPath(new URL("smtp-server.py", import.meta.url));

const FIRING = news(notification([alert({ labels: { bot: "bøt <1>\r\nBcc: evil@example.com" } })]));

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);

class SmtpServer implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: Interface;

  private constructor(port: number, process: ChildProcessByStdio<null, Readable, null>, lines: Interface) {
    this.port = port;
    this.#process = process;
    this.#lines = lines;
  }

  static async start(...options: string[]): Promise<SmtpServer> {
    const port = await freePort();
    const child = spawn(PYTHON, [SCRIPT, String(port), ...options], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    await once(lines, "line");
    return new SmtpServer(port, child, lines);
  }

  async mail(): Promise<{ from: string; to: string[]; content: string }> {
    const [line] = (await once(this.#lines, "line")) as [string]; // readline's event
    return JSON.parse(line) as { from: string; to: string[]; content: string }; // as the script writes it
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#process, "close");
    this.#process.kill("SIGKILL");
    await closed;
    this.#lines.close();
  }
}

/** aiosmtpd tries its own port out, and cannot do that with 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function emailTo(port: number, more: object = {}): Channel {
  const config = {
    to: "ops@example.com, ada@example.com",
    from: "Haltwatch <haltwatch@example.com>",
    smarthost: `127.0.0.1:${port}`,
    require_tls: false,
    ...more,
  };
  return channelFrom("email", config);
}

describeWithPeer("aiosmtpd", "mail", () => {
  test("arrives with its picture, in the thread of its group, and no header of anybody else", async () => {
    await using server = await SmtpServer.start();
    const channel = emailTo(server.port, { headers: { "X-Team": "ops" } });
    const arriving = server.mail();

    expect(await channel.send(FIRING, delivery({}, { pictureOf: async () => ({ png: PNG }) }))).toEqual({
      kind: "delivered",
      messages: 1,
    });

    const { from, to, content } = await arriving;
    expect([from, ...to]).toEqual(["haltwatch@example.com", "ops@example.com", "ada@example.com"]);
    const head = content.slice(0, content.indexOf("\r\n\r\n"));
    expect(head).not.toMatch(/^Bcc:/im);
    expect(head).toMatch(/^Message-ID: <[0-9a-f]{32}@haltwatch>\r$/im);
    expect(head).toMatch(/^References: <[0-9a-f]{32}\.thread@haltwatch>\r$/im);
    expect(head).toMatch(/^X-Team: ops\r$/im);
    expect(head).toMatch(/^X-Priority: 1 \(Highest\)\r$/im);
    expect(content).toContain("Content-Id: <chart@haltwatch>".replace("Id", "ID"));
    expect(content).toContain(Buffer.from(PNG).toString("base64"));
  });

  test("sent again it has the same Message-ID", async () => {
    await using server = await SmtpServer.start();
    const ids: (string | undefined)[] = [];
    for (let i = 0; i < 2; i++) {
      const arriving = server.mail();
      await emailTo(server.port).send(FIRING, delivery({}));
      ids.push(/^Message-ID: (\S+)/im.exec((await arriving).content)?.[1]);
    }

    expect(ids[0]).toBe(ids[1]);
  });

  test("a password that is wrong is the channel's fault, and is not repeated; the right one is taken", async () => {
    await using server = await SmtpServer.start("--auth");
    const channel = emailTo(server.port, { auth_username: "ada", auth_password: "env:PASSWORD" });

    const outcome = await channel.send(FIRING, delivery({ "env:PASSWORD": "quite-wrong" }));
    expect(outcome).toMatchObject({ kind: "refused", fault: "channel", reason: expect.stringMatching(/^EAUTH: 535/) });
    expect(JSON.stringify(outcome)).not.toContain("quite-wrong");
    const arriving = server.mail();
    expect(await channel.send(FIRING, delivery({ "env:PASSWORD": "very-secret" }))).toMatchObject({
      kind: "delivered",
    });
    await arriving;
  });

  test("5yz is for good, 4yz for now", async () => {
    await using refusing = await SmtpServer.start("--refuse");
    await using busy = await SmtpServer.start("--busy");

    expect(await emailTo(refusing.port).send(FIRING, delivery({}))).toMatchObject({
      kind: "refused",
      fault: "message",
      reason: expect.stringContaining("550"),
    });
    expect(await emailTo(busy.port).send(FIRING, delivery({}))).toMatchObject({
      kind: "retry",
      reason: expect.stringContaining("451"),
    });
  });

  test("nothing is sent in the clear where encryption is required", async () => {
    await using server = await SmtpServer.start();

    expect(await emailTo(server.port, { require_tls: true }).send(FIRING, delivery({}))).toMatchObject({
      kind: "retry",
      reason: expect.stringContaining("ETLS"),
    });
  });

  test("a server that says nothing is given up, and one that is not there is tried again", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;

    expect(await emailTo(port).send(FIRING, delivery({}, { timeoutMs: 200 }))).toMatchObject({
      kind: "retry",
      reason: expect.stringContaining("ETIMEDOUT"),
    });
    silent.close();
    expect(await emailTo(await freePort()).send(FIRING, delivery({}))).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/ECONN|ESOCKET/),
    });
  });
});
