/** From settings to what is looked at: secrets are read, limits that are not written are taken from the packs' thresholds. */

import { ConfigError } from "@haltwatch/bot";
import {
  ccxtExchange,
  exchangeService,
  httpService,
  rpcService,
  type Service,
  SYSTEM_CLOCK,
  sequencerService,
} from "@haltwatch/probes";
import type { ServerConfig } from "../config/server-config.ts";
import { headerParts } from "../pausing/orchestrator-config.ts";
import type { SecretReference, Secrets } from "../secrets/index.ts";
import { readEndpoint } from "./chain-config.ts";
import type { HeartbeatSettings, ServiceSettings } from "./heartbeat-config.ts";
import { limitOf } from "./limit-of.ts";

const { monotonic } = SYSTEM_CLOCK;

export interface ProbeSources {
  readonly thresholds: ServerConfig["thresholds"];
  readonly secrets: Pick<Secrets, "readNow">;
}

/** @throws {SecretError}, {ConfigError} for a URL that is kept elsewhere and is none, {ProbeError} for an exchange without ccxt */
export function heartbeatServices({ services }: HeartbeatSettings, sources: ProbeSources): Promise<Service[]> {
  return Promise.all(services.map((one) => serviceOf(one, sources)));
}

async function serviceOf(settings: ServiceSettings, { thresholds, secrets }: ProbeSources): Promise<Service> {
  const { name, kind, timeout: timeoutMs, attempts } = settings;
  const common = { name, timeoutMs, attempts, monotonic };
  const secondsOf = (ms: number | undefined, threshold: string): number =>
    ms === undefined ? limitOf(thresholds, threshold) : ms / 1000;
  switch (kind) {
    case "http": {
      const { headers, method, body, venue, expect_status, expect_text, expect_json, max_body, max_redirects } =
        settings;
      return httpService({
        ...{
          ...common,
          venue,
          method,
          headers: headersOf(headers, name, secrets),
          body,
          url: endpointUrl(settings.url, name, secrets),
        },
        ...{ statuses: expect_status, contains: expect_text, maxBytes: max_body, maxRedirects: max_redirects },
        json: expect_json === undefined ? undefined : new Map(Object.entries(expect_json)),
      });
    }
    case "rpc": {
      const { of, reference, max_head_age, max_lag_blocks } = settings;
      return rpcService({
        ...{ ...common, chain: of.name, chainId: of.id, maxLagBlocks: max_lag_blocks },
        url: endpointUrl(settings.url ?? of.rpc[0], name, secrets),
        reference: reference === undefined ? undefined : endpointUrl(reference, name, secrets),
        maxHeadAgeSeconds: secondsOf(max_head_age, "chain.head_age_seconds_max"),
      });
    }
    case "sequencer": {
      const { of, feed, grace, max_head_age } = settings;
      return sequencerService({
        ...{ ...common, chain: of.name, chainId: of.id, feed: feed ?? of.uptimeFeed },
        url: endpointUrl(settings.url ?? of.rpc[0], name, secrets),
        graceSeconds: secondsOf(grace, "chain.sequencer_grace_seconds"),
        maxHeadAgeSeconds: secondsOf(max_head_age, "chain.head_age_seconds_max"),
      });
    }
    case "exchange": {
      const { exchange, venue = exchange, api_key, api_secret, api_password, max_clock_skew } = settings;
      const read = (reference: SecretReference): string => secrets.readNow(reference, `heartbeat.services ${name}`);
      const password = api_password === undefined ? undefined : read(api_password);
      const key =
        api_key === undefined || api_secret === undefined
          ? undefined
          : { apiKey: read(api_key), secret: read(api_secret), password };
      const port = await ccxtExchange({ exchange, key, timeoutMs });
      return exchangeService({ ...common, venue, port, maxClockSkewMs: max_clock_skew });
    }
    default:
      return settings satisfies never;
  }
}

function headersOf(
  headers: Readonly<Record<string, string>>,
  of: string,
  secrets: ProbeSources["secrets"],
): Record<string, string> {
  const filled = Object.entries(headers).map(([name, value]) => {
    const { text, secret } = headerParts(value);
    return [name, secret === undefined ? text : `${text}${secrets.readNow(secret, `the header ${name} of ${of}`)}`];
  });
  return Object.fromEntries(filled);
}

/** A URL from elsewhere is held to what one in the file is. */
export function endpointUrl(
  endpoint: URL | SecretReference | undefined,
  of: string,
  secrets: ProbeSources["secrets"],
): URL {
  if (endpoint instanceof URL) return endpoint;
  if (endpoint === undefined)
    throw new TypeError("a chain without endpoint was refused when the configuration was read");
  const url = readEndpoint(secrets.readNow(endpoint, `the URL of ${of}`));
  if (url instanceof URL) return url;
  throw new ConfigError("BAD_VALUE", `the URL of ${of}, which is kept elsewhere: ${url}`, { hint: "Correct it there" });
}
