import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readServerConfig } from "../config/server-config.ts";
import { composeExport } from "./compose-export.ts";

test("E3 Haltwatch's container sees the files of secrets and certificates that are not beside haltwatch.toml, and no others", () => {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-compose-"));
  try {
    const file = join(folder, "haltwatch.toml");
    writeFileSync(
      file,
      `
[web]
control_token = "file:/etc/haltwatch/control"
tls_cert_file = "/etc/ssl/cert.pem"
tls_key_file = "key.pem"
[rules]
system = false
[notify]
slack_webhook_url = "file:/etc/haltwatch/slack"
telegram_bot_token = "file:telegram"
telegram_chat_id = 1
`,
    );
    const { files } = composeExport(readServerConfig({ file, env: {} }), {
      ...{ program: "main.ts", environment: undefined, receivers: "all" },
    });
    const { services } = parse(files[0]?.text ?? "") as {
      services: { haltwatch: { volumes: string[] } }; // as it was written a moment ago
    };

    expect(services.haltwatch.volumes).toEqual([
      `\${HALTWATCH_HOME}:\${HALTWATCH_HOME}:ro`,
      `\${HALTWATCH_CONFIG_DIR}:\${HALTWATCH_CONFIG_DIR}:ro`,
      "/etc/haltwatch/slack:/etc/haltwatch/slack:ro",
      "/etc/ssl/cert.pem:/etc/ssl/cert.pem:ro",
      "./data/haltwatch:/data",
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
