/**
 * The real programs that tests talk to. `scripts/ensure-peers.sh` installs them; where one is missing its tests are
 * skipped and say so, and with `CI=true` they fail.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** Where peers from the npm registry are installed, outside the project's own dependencies. */
export const PEERS_DIR = fileURLToPath(new URL("../.peers/node_modules", import.meta.url));

/** By name: the program on the PATH, or its file among the installed peers. */
const PEERS = {
  prometheus: { command: "prometheus" },
  promtool: { command: "promtool" },
  alertmanager: { command: "prometheus-alertmanager" },
  amtool: { command: "amtool" },
  dockerCompose: { command: "docker-compose" },
  chromium: { command: "chromium" },
  wrk: { command: "wrk" },
  aiosmtpd: { command: "aiosmtpd" },
  python3: { command: "python3" },
  go: { command: "go" },
  bun: { file: join(PEERS_DIR, ".bin/bun") },
  deno: { file: join(PEERS_DIR, ".bin/deno") },
  node20: { file: join(PEERS_DIR, `node-${process.platform}-${process.arch}/bin/node`) },
} as const satisfies Readonly<Record<string, { command: string } | { file: string }>>;

export type PeerName = keyof typeof PEERS;

/** How long a test may take that starts other programs, milliseconds. */
const PEER_TEST_TIMEOUT_MS = 120_000;

/**
 * The program's path, if it is here.
 *
 * @public
 */
export function peer(name: PeerName): string | undefined {
  const wanted: { command: string } | { file: string } = PEERS[name];
  const candidates =
    "file" in wanted
      ? [wanted.file]
      : (process.env["PATH"] ?? "").split(delimiter).map((dir) => join(dir, wanted.command));
  return candidates.find(isExecutable);
}

/** The program's path. @throws {Error} if it is not here */
export function requiredPeer(name: PeerName): string {
  const binary = peer(name);
  if (binary === undefined) throw new Error(`${name} is not installed: run scripts/ensure-peers.sh`);
  return binary;
}

/** A test that wants a peer, and is handed its path. */
export function testWithPeer(name: PeerName, title: string, body: (binary: string) => void | Promise<void>): void {
  const binary = peer(name);
  if (binary !== undefined) test(title, { timeout: PEER_TEST_TIMEOUT_MS }, () => body(binary));
  else if (process.env["CI"] === "true") failForWantOf(name, title);
  else test.skip(`${title} (skipped for want of ${name})`);
}

/** A group of tests that want a peer, and are handed its path. */
export function describeWithPeer(name: PeerName, title: string, body: (binary: string) => void): void {
  const binary = peer(name);
  if (binary !== undefined) describe(title, { timeout: PEER_TEST_TIMEOUT_MS }, () => body(binary));
  else if (process.env["CI"] === "true") failForWantOf(name, title);
  else describe(title, () => test.skip(`(skipped for want of ${name})`));
}

function failForWantOf(name: PeerName, title: string): void {
  test(title, () => expect.fail(`${name} is missing: run scripts/ensure-peers.sh`));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
