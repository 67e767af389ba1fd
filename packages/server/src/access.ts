/** Who may do what, as the configuration says: certificates, tokens, which bots may link. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import type { ServerConfig } from "./config/server-config.ts";
import { sharedToken } from "./link/index.ts";
import type { Secrets } from "./secrets/index.ts";

/** `undefined`: plain HTTP. @throws {ConfigError} `NO_FILE` */
export function certificateOf({ web, folder }: ServerConfig): { cert: string; key: string } | undefined {
  if (web.tls_cert_file === undefined || web.tls_key_file === undefined) return undefined;
  return {
    cert: pemText("web.tls_cert_file", resolve(folder, web.tls_cert_file)),
    key: pemText("web.tls_key_file", resolve(folder, web.tls_key_file)),
  };
}

function pemText(key: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const hint = "Name a PEM file that is there, and that Haltwatch's user may read";
    throw new ConfigError("NO_FILE", `${path} cannot be read`, { key, hint, cause: error });
  }
}

/** @throws {SecretError} */
export function tokensOf(
  { web }: ServerConfig,
  secrets: Secrets,
): { read: string | undefined; control: string | undefined } {
  return {
    read: web.read_token === undefined ? undefined : secrets.readNow(web.read_token, "web.read_token"),
    control: web.control_token === undefined ? undefined : secrets.readNow(web.control_token, "web.control_token"),
  };
}

/**
 * With a token all bots show it; without one, whoever is on this machine may link, and nobody from elsewhere.
 *
 * @throws {SecretError}
 */
export function botAccess(
  { link, web }: ServerConfig,
  secrets: Secrets,
): (bot: string, token: string | undefined) => boolean {
  if (link.token !== undefined) return sharedToken(secrets.readNow(link.token, "link.token"));
  const isHere = /^(?:localhost|127\.[\d.]+|\[::1\]):/.test(web.listen);
  return () => isHere;
}
