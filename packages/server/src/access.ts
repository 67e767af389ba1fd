/** Who may do what, as the configuration says: certificates, tokens, which bots may link. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readToken } from "./api/index.ts";
import type { ServerConfig } from "./config/server-config.ts";
import { sharedToken } from "./link/index.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** `undefined`: plain HTTP. */
export function certificateOf({ web, folder }: ServerConfig): { cert: string; key: string } | undefined {
  if (web.tls_cert_file === undefined || web.tls_key_file === undefined) return undefined;
  return {
    cert: readFileSync(resolve(folder, web.tls_cert_file), "utf8"),
    key: readFileSync(resolve(folder, web.tls_key_file), "utf8"),
  };
}

export function tokensOf(
  { web }: ServerConfig,
  env: Environment,
): { read: string | undefined; control: string | undefined } {
  return {
    read: web.read_token === undefined ? undefined : readToken(web.read_token, env),
    control: web.control_token === undefined ? undefined : readToken(web.control_token, env),
  };
}

/** With a token all bots show it; without one, whoever is on this machine may link, and nobody from elsewhere. */
export function botAccess(
  { link, web }: ServerConfig,
  env: Environment,
): (bot: string, token: string | undefined) => boolean {
  if (link.token !== undefined) return sharedToken(readToken(link.token, env));
  const isHere = /^(?:localhost|127\.[\d.]+|\[::1\]):/.test(web.listen);
  return () => isHere;
}
