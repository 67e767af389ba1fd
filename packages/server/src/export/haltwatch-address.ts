/** How the programs of an export reach Haltwatch: on this machine, with what it asks of them. */
import { parseBindAddress } from "@haltwatch/bot/config";
import type { ServerConfig } from "../config/server-config.ts";
import type { ExportPlaces } from "./export-places.ts";

/** Addresses that stand for all of a machine's. */
const EVERYWHERE: ReadonlySet<string> = new Set(["", "0.0.0.0", "::", "[::]"]);

export interface HaltwatchAddress {
  readonly scheme: "http" | "https";
  /** `127.0.0.1:9898` */
  readonly host: string;
}

export function haltwatchAddress({ web }: ServerConfig): HaltwatchAddress {
  const address = parseBindAddress(web.listen);
  if (typeof address === "string") throw new TypeError("checked when the configuration was read");
  const host = EVERYWHERE.has(address.host) ? "127.0.0.1" : address.host;
  return {
    scheme: web.tls_cert_file === undefined ? "http" : "https",
    host: `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${address.port}`,
  };
}

/** `tls_config` of whoever asks it: its certificate is trusted as it is, under the name that it is made for. */
export function tlsConfig({ web }: ServerConfig, places: ExportPlaces): object {
  if (web.tls_cert_file === undefined) return {};
  const name = web.external_url === undefined ? undefined : URL.parse(web.external_url)?.hostname;
  return {
    tls_config: { ca_file: places.file(web.tls_cert_file), ...(name === undefined ? {} : { server_name: name }) },
  };
}

/** The name of the file that the read token is in. */
export const READ_TOKEN = "haltwatch-read-token";

/** `authorization` of whoever reads from it; nothing if it asks for none. */
export function readAuthorization({ web }: ServerConfig, places: ExportPlaces): object {
  if (web.read_token === undefined) return {};
  const file = places.secret(web.read_token, READ_TOKEN, "the token with which Haltwatch is read");
  return { authorization: { type: "Bearer", credentials_file: file } };
}
