/** What health checks and backup checks find as series, under the names that rules and dashboards read. */
import { type Gauge, HEALTH_METRICS, Registry } from "@haltwatch/bot";
import { type BackupResult, type CheckResult, type HealthReport, VAULT_UNREACHABLE } from "@haltwatch/probes";

export class HealthSeries {
  /** Not among Haltwatch's own metrics: these are of the machine. */
  readonly registry = new Registry();
  readonly #cpu = this.registry.gauge(HEALTH_METRICS.cpu);
  readonly #memory = this.registry.gauge(HEALTH_METRICS.memory);
  readonly #disk = this.registry.gauge(HEALTH_METRICS.disk);
  readonly #inodes = this.registry.gauge(HEALTH_METRICS.inodes);
  readonly #fileDescriptors = this.registry.gauge(HEALTH_METRICS.fileDescriptors);
  readonly #networkUp = this.registry.gauge(HEALTH_METRICS.networkUp);
  readonly #clockSkew = this.registry.gauge(HEALTH_METRICS.clockSkew);
  readonly #certificateDays = this.registry.gauge(HEALTH_METRICS.certificateDays);
  readonly #vaultUp = this.registry.gauge(HEALTH_METRICS.vaultUp);
  readonly #vaultSealed = this.registry.gauge(HEALTH_METRICS.vaultSealed);
  readonly #checkUp = this.registry.gauge(HEALTH_METRICS.checkUp);
  readonly #checkTime = this.registry.gauge(HEALTH_METRICS.checkTime);
  readonly #backupTime = this.registry.gauge(HEALTH_METRICS.backupTime);
  readonly #backupSize = this.registry.gauge(HEALTH_METRICS.backupSize);

  /** Processors and memory, which are looked at more often: a figure of one moment must not stand for five minutes. */
  loadChecked({ checks }: Pick<HealthReport, "checks">): void {
    setAlone(this.#cpu, checks.find(({ kind }) => kind === "cpu")?.value);
    setAlone(this.#memory, checks.find(({ kind }) => kind === "memory")?.value);
  }

  /** Nobody looks any more. */
  forgetChecks(): void {
    this.loadChecked({ checks: [] });
    this.checked({ checks: [], timeMs: 0 });
    this.#checkTime.remove();
  }

  /** All but processors and memory. What was looked at before, and is not now, has no series any more. */
  checked({ checks, timeMs }: Pick<HealthReport, "checks" | "timeMs">): void {
    const of = (kind: CheckResult["kind"]): CheckResult[] => checks.filter((one) => one.kind === kind);
    setAlone(this.#fileDescriptors, of("file-descriptors")[0]?.value);
    setEach(this.#disk, of("disk"), ({ value }) => value);
    setEach(this.#inodes, of("inodes"), ({ value }) => value);
    setEach(this.#clockSkew, of("clock"), ({ value }) => value);
    setEach(this.#certificateDays, of("tls"), ({ value }) => value);
    const named = of("network").filter(({ name }) => name !== "");
    setEach(this.#networkUp, named, ({ status }) => (status === "ok" ? 1 : 0));
    this.#tellVault(of("vault")[0]);
    this.#checkUp.reset();
    for (const { kind, name, status } of checks) {
      if (status !== "unavailable") this.#checkUp.labels(kind, name).set(status === "ok" ? 1 : 0);
    }
    this.#checkTime.set(timeMs / 1000);
  }

  /** A backup that there is not, or that nobody could look at, has the time 0 and the size 0: rules tell of it. */
  backupsChecked(results: readonly BackupResult[]): void {
    this.#backupTime.reset();
    this.#backupSize.reset();
    for (const { name, newest } of results) {
      this.#backupTime.labels(name).set((newest?.timeMs ?? 0) / 1000);
      this.#backupSize.labels(name).set(newest?.sizeBytes ?? 0);
    }
  }

  #tellVault(vault: CheckResult | undefined): void {
    const isUp = vault?.state !== undefined && vault.state !== VAULT_UNREACHABLE;
    setAlone(this.#vaultUp, vault === undefined ? undefined : isUp ? 1 : 0);
    setAlone(this.#vaultSealed, isUp ? (vault.state === "sealed" ? 1 : 0) : undefined);
  }
}

function setAlone(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}

function setEach<N extends string>(
  gauge: Gauge<N>,
  results: readonly CheckResult[],
  measure: (result: CheckResult) => number | undefined,
): void {
  gauge.reset();
  for (const result of results) {
    const value = measure(result);
    if (value !== undefined) gauge.labels(result.name).set(value);
  }
}
