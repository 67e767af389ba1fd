/** The example client in Python speaks the link. */
import { join } from "node:path";
import { ROOT } from "../built-package.ts";
import { testWithPeer } from "../peers.ts";
import { LineBot } from "./line-bot.ts";
import { itSpeaksTheLink } from "./other-languages.ts";
import { ServerProcess } from "./processes.ts";

testWithPeer("python3", "F6 a bot in Python takes part over the link", async (python) => {
  await using server = await ServerProcess.start();
  const script = join(ROOT, "conformance/link/python-bot.py");
  const url = server.url.replace("http:", "ws:");
  await using bot = new LineBot(python, ["-u", script, join(ROOT, "examples/link-python"), url, "secret"]);

  await itSpeaksTheLink(bot, server);
});
