/** The example client in Go speaks the link. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../built-package.ts";
import { testWithPeer } from "../peers.ts";
import { LineBot } from "./line-bot.ts";
import { itSpeaksTheLink } from "./other-languages.ts";
import { ServerProcess } from "./processes.ts";

testWithPeer("go", "F6 a bot in Go takes part over the link", async (go) => {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-go-"));
  try {
    const program = join(folder, "bot");
    const env = { ...process.env, GOPROXY: "off", GOFLAGS: "-mod=mod", GOCACHE: join(folder, "cache"), GOPATH: folder };
    execFileSync(go, ["build", "-o", program, "."], { cwd: join(ROOT, "examples/link-go"), env, stdio: "inherit" });
    await using server = await ServerProcess.start();
    await using bot = new LineBot(program, [server.url.replace("http:", "ws:"), "secret"]);

    await itSpeaksTheLink(bot, server);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
