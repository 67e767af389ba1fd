/** What all targets of a job are fetched with: connections that are kept, certificates, credentials. */
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { resolve } from "node:path";
import { type SecretReference, type Secrets, secretReference } from "../secrets/index.ts";
import type { ScrapeProtocol } from "./scrape-config.ts";
import { ScrapeError } from "./scrape-error.ts";
import type { ScrapeJob } from "./scrape-job.ts";

/** Content types by protocol. Source: Prometheus 3, config/config.go (`ScrapeProtocolsHeaders`). */
const MEDIA_TYPES: Readonly<Record<ScrapeProtocol, string>> = {
  "OpenMetricsText1.0.0": "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
  "OpenMetricsText0.0.1": "application/openmetrics-text;version=0.0.1",
  "PrometheusText1.0.0": "text/plain;version=1.0.0;escaping=allow-utf-8",
  "PrometheusText0.0.4": "text/plain;version=0.0.4",
};

export class HttpClient implements Disposable {
  readonly #job: ScrapeJob;
  readonly #secrets: Secrets;
  readonly #headers: readonly string[];
  readonly #http = new http.Agent({ keepAlive: true });
  #https: https.Agent | undefined;

  constructor(job: ScrapeJob, secrets: Secrets) {
    this.#job = job;
    this.#secrets = secrets;
    const encoding = job.enable_compression ? "gzip" : "identity";
    const accept = acceptHeader(job.scrape_protocols);
    this.#headers = ["Accept", accept, "Accept-Encoding", encoding, "User-Agent", "Haltwatch"];
  }

  /** @throws {ScrapeError} `SECRET_MISSING` if a certificate cannot be read */
  agent(protocol: string): http.Agent {
    if (protocol !== "https:") return this.#http;
    this.#https ??= new https.Agent({ keepAlive: true, ...this.#tlsOptions() });
    return this.#https;
  }

  /** The headers of a request, names and values in turn: so Node takes them as they are, which costs it half as much. */
  headers(host: string, timeoutMs: number, authorization: string | undefined): readonly string[] {
    const headers = ["Host", host, ...this.#headers, "X-Prometheus-Scrape-Timeout-Seconds", String(timeoutMs / 1000)];
    return authorization === undefined ? headers : [...headers, "Authorization", authorization];
  }

  /** Whether {@link authorization} gives anything: for most jobs it does not, and need not be waited for. */
  get hasCredentials(): boolean {
    const { basic_auth, authorization, bearer_token, bearer_token_file } = this.#job;
    return [basic_auth, authorization, bearer_token, bearer_token_file].some((way) => way !== undefined);
  }

  /**
   * The value of the `Authorization` header.
   *
   * @throws {SecretError} `SECRET_MISSING`, `KEYRING_UNAVAILABLE`
   */
  async authorization(): Promise<string | undefined> {
    const { basic_auth: basic, authorization, bearer_token, bearer_token_file } = this.#job;
    if (basic !== undefined) {
      const user = basic.username ?? (await this.#secret("username", undefined, basic.username_file)) ?? "";
      const password = await this.#secret("password", basic.password, basic.password_file);
      return `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`;
    }
    const given = authorization ?? { credentials: bearer_token, credentials_file: bearer_token_file, type: undefined };
    const secret = await this.#secret("credentials", given.credentials, given.credentials_file);
    return secret === undefined ? undefined : `${given.type?.trim() ?? "Bearer"} ${secret}`;
  }

  /** @param file from its `…_file` key */
  async #secret(what: string, reference: string | undefined, file: string | undefined): Promise<string | undefined> {
    if (file === undefined && reference === undefined) return undefined;
    const where: SecretReference =
      file === undefined ? secretReference(reference ?? "", what) : { kind: "file", path: file };
    // A job's paths are as seen from where the process runs.
    return this.#secrets.read(where.kind === "file" ? { kind: "file", path: resolve(where.path) } : where, what);
  }

  /** Closes connections as soon as they are not in use. */
  retire(): void {
    for (const agent of [this.#http, this.#https]) {
      if (agent === undefined) continue;
      agent.maxFreeSockets = 0;
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
  }

  /** Closes all connections. */
  [Symbol.dispose](): void {
    this.#http.destroy();
    this.#https?.destroy();
  }

  #tlsOptions(): https.AgentOptions {
    const { ca_file, cert_file, key_file, server_name, insecure_skip_verify } = this.#job.tls_config ?? {};
    return {
      ...(ca_file === undefined ? {} : { ca: certificate(ca_file) }),
      ...(cert_file === undefined ? {} : { cert: certificate(cert_file) }),
      ...(key_file === undefined ? {} : { key: certificate(key_file) }),
      ...(server_name === undefined ? {} : { servername: server_name }),
      rejectUnauthorized: insecure_skip_verify !== true,
    };
  }
}

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const hint = "Name an existing PEM file in tls_config that Haltwatch's user may read";
    throw new ScrapeError("SECRET_MISSING", `${file} cannot be read`, hint, error);
  }
}

/** The first is wanted most. Source: Prometheus 3, scrape/scrape.go (`acceptHeader`). */
function acceptHeader(protocols: readonly ScrapeProtocol[]): string {
  // One more than Prometheus's protocols, of which its binary one is not ours.
  let weight = 6;
  const types = protocols.map((protocol) => `${MEDIA_TYPES[protocol]};q=0.${weight--}`);
  return [...types, `*/*;q=0.${weight}`].join(",");
}
