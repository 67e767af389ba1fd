/** What the bots depend on: venues, chains, wallets, the machine. */
import type { JSX } from "preact";
import { ApiError } from "../../api/api-error.ts";
import { AsOf } from "../../elements/as-of.tsx";
import { Empty, Fault, Loading } from "../../elements/notes.tsx";
import { RelativeTime } from "../../elements/relative-time.tsx";
import { Snippet } from "../../elements/snippet.tsx";
import { useResource } from "../../elements/use-resource.ts";
import { usePage } from "../../shell/page-context.ts";
import { Chains } from "./chains.tsx";
import { Machine } from "./machine.tsx";
import { ServiceCard } from "./service-card.tsx";
import { Wallets } from "./wallets.tsx";
import "./heartbeat.css";

const REFRESH_MS = 5000;

const SERVICES_SNIPPET = `# haltwatch.toml
[heartbeat]
presets = ["sx", "arbitrum"]

[[heartbeat.services]]
kind = "http"
name = "my-venue"
url = "https://api.example.org/health"`;

export function HeartbeatPage(): JSX.Element {
  const { haltwatch, live } = usePage();
  const heartbeat = useResource("heartbeat", (signal) => orNothing(haltwatch.heartbeat({ signal })), {
    everyMs: REFRESH_MS,
  });
  const runtime = useResource("runtime", (signal) => haltwatch.runtime({ signal }), { everyMs: REFRESH_MS });
  const health = useResource("health", (signal) => orNothing(haltwatch.health({ signal })), { everyMs: 30_000 });
  const services = heartbeat.data?.services ?? [];
  const fault = heartbeat.fault ?? runtime.fault;
  return (
    <>
      <div class="hw-page-head">
        <h1>Heartbeat &amp; balances</h1>
        <div class="hw-page-actions">
          <AsOf />
          {heartbeat.data?.last_beat ? (
            <span class="hw-muted">
              last beat <RelativeTime time={heartbeat.data.last_beat} />
            </span>
          ) : null}
        </div>
      </div>
      {fault === undefined || live.isStale.value ? null : (
        <Fault what="The heartbeat could not be loaded" why={fault} onRetry={heartbeat.reload} />
      )}
      <div class="hw-live">
        <section aria-labelledby="services">
          <h2 id="services" class="hw-heartbeat-title">
            Services
          </h2>
          {heartbeat.data === undefined && heartbeat.fault === undefined ? (
            <Loading what="services" />
          ) : services.length === 0 ? (
            <Empty title="No service is probed" icon="unknown">
              <p>
                Haltwatch can look every 30 s whether venues, RPC nodes and sequencers answer. Write into
                haltwatch.toml:
              </p>
              <Snippet>{SERVICES_SNIPPET}</Snippet>
            </Empty>
          ) : (
            <ul class="hw-heartbeat-services">
              {services.map((service) => (
                <li key={service.name}>
                  <ServiceCard service={service} />
                </li>
              ))}
            </ul>
          )}
        </section>
        {runtime.data === undefined ? null : (
          <>
            <Wallets runtime={runtime.data} />
            <Chains runtime={runtime.data} />
          </>
        )}
        {health.data === undefined || health.data === null ? null : <Machine health={health.data} />}
      </div>
    </>
  );
}

/** What an older Haltwatch, or one without it, does not have, is nothing. */
async function orNothing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
