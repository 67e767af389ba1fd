/**
 * HashiCorp Vault, or OpenBao, by `GET /v1/sys/health`, which wants no token. Its status code says how it is.
 * Source: https://developer.hashicorp.com/vault/api-docs/system/health
 */
import { boundedText } from "./bounded-text.ts";
import { type Finding, type HealthCheck, unhealthy } from "./health-check.ts";

/** Most of the answer that is read, bytes; it has some hundred. */
const MAX_BODY_BYTES = 64 * 1024;

/** State of Vault: what the code says, in a word, and whether secrets can be had of it. */
const STATES: ReadonlyMap<number, { readonly state: string; readonly isWell: boolean; readonly says: string }> =
  new Map([
    [200, { state: "active", isWell: true, says: "unsealed and active" }],
    [429, { state: "standby", isWell: true, says: "unsealed, standing by" }],
    [472, { state: "dr-secondary", isWell: true, says: "a secondary for disaster recovery" }],
    [473, { state: "performance-standby", isWell: true, says: "unsealed, standing by for performance" }],
    [474, { state: "standby-cut-off", isWell: false, says: "standing by, and does not reach the active one" }],
    [501, { state: "not-initialized", isWell: false, says: "not initialized" }],
    [503, { state: "sealed", isWell: false, says: "sealed: it gives no secret" }],
    [530, { state: "removed", isWell: false, says: "removed from its cluster" }],
  ]);

export interface VaultCheckOptions {
  /** Where Vault is, such as `http://127.0.0.1:8200`. */
  readonly url: string;
  readonly timeoutMs: number;
}

export function vaultCheck({ url, timeoutMs }: VaultCheckOptions): HealthCheck {
  return {
    ...{ kind: "vault", name: new URL(url).host, timeoutMs, failedState: VAULT_UNREACHABLE },
    run: async (signal) => {
      const address = new URL("v1/sys/health", url.replace(/\/*$/, "/"));
      const response = await fetch(address, { signal, redirect: "manual" });
      return findingOf(response.status, await bodyOf(response));
    },
  };
}

/** Of a Vault that does not answer. */
export const VAULT_UNREACHABLE = "unreachable";

/** A proxy before it has codes of its own: only an answer that reads as Vault's is Vault's. */
function findingOf(status: number, body: unknown): Finding {
  const known = STATES.get(status);
  const isVaults = typeof body === "object" && body !== null && "sealed" in body && "initialized" in body;
  if (known === undefined || !isVaults) {
    return { ...unhealthy(`status ${status}, and not from Vault`), state: VAULT_UNREACHABLE };
  }
  const { state, isWell, says } = known;
  return { status: isWell ? "ok" : "unhealthy", state, detail: says };
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await boundedText(response, MAX_BODY_BYTES);
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
