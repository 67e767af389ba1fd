/** What the page asks Haltwatch, by name. */
import type {
  ArmAnswer,
  ChannelAnswer,
  ConfigAnswer,
  DashboardEntry,
  DemoAnswer,
  DemoMessage,
  HealthAnswer,
  HeartbeatAnswer,
  JournalEntryAnswer,
  JournalVerdictAnswer,
  OverviewAnswer,
  PauseAnswer,
  QueryAnswer,
  ReportEntry,
  RuleGroupAnswer,
  RunbookAnswer,
  RuntimeAnswer,
  SilenceAnswer,
  TargetsAnswer,
  ThresholdAnswer,
  ToldAlert,
} from "./answers.ts";
import type { Api, ApiOptions, ApiParams } from "./http.ts";

export interface PauseOrder {
  readonly scope: string;
  readonly state: "REDUCING" | "HALTED";
  readonly reason: string;
  readonly by: string;
}

export interface ArmOrder {
  readonly scope: string;
  readonly reason: string;
  readonly by: string;
  readonly force: boolean;
}

export interface SilenceOrder {
  readonly matchers: readonly { readonly name: string; readonly value: string; readonly isRegex: boolean }[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

export interface JournalPage {
  readonly kind?: string | undefined;
  readonly limit: number;
  /** Entries with a lower number only. */
  readonly before?: number | undefined;
  readonly search?: string | undefined;
}

export class Haltwatch {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  overview(options?: ApiOptions): Promise<OverviewAnswer> {
    return this.#get("/api/haltwatch/overview", {}, options);
  }

  pauses(options?: ApiOptions): Promise<readonly PauseAnswer[]> {
    return this.#get("/api/haltwatch/pauses", {}, options);
  }

  pause(order: PauseOrder): Promise<unknown> {
    return this.#api.post("/api/haltwatch/pause", order);
  }

  arm(order: ArmOrder): Promise<ArmAnswer> {
    return this.#said(this.#api.post("/api/haltwatch/arm", order));
  }

  async rules(options?: ApiOptions): Promise<readonly RuleGroupAnswer[]> {
    const answer = await this.#get<{ groups: RuleGroupAnswer[] }>("/api/v1/rules", { type: "alert" }, options);
    return answer.groups;
  }

  toldAlerts(options?: ApiOptions): Promise<readonly ToldAlert[]> {
    return this.#get("/api/v2/alerts", {}, options);
  }

  silences(options?: ApiOptions): Promise<readonly SilenceAnswer[]> {
    return this.#get("/api/v2/silences", {}, options);
  }

  silence(order: SilenceOrder): Promise<unknown> {
    return this.#api.post("/api/v2/silences", order);
  }

  expireSilence(id: string): Promise<unknown> {
    return this.#api.delete(`/api/v2/silence/${encodeURIComponent(id)}`);
  }

  runbook(alert: string, options?: ApiOptions): Promise<RunbookAnswer> {
    return this.#get(`/api/haltwatch/runbooks/${encodeURIComponent(alert)}`, {}, options);
  }

  dashboards(options?: ApiOptions): Promise<readonly DashboardEntry[]> {
    return this.#get("/api/haltwatch/dashboards", {}, options);
  }

  /** Grafana's JSON. */
  dashboard(uid: string, options?: ApiOptions): Promise<unknown> {
    return this.#get(`/api/haltwatch/dashboards/${encodeURIComponent(uid)}`, {}, options);
  }

  /** Keeps a dashboard in Haltwatch's store. @param dashboard Grafana's JSON */
  keepDashboard(dashboard: unknown): Promise<{ readonly uid: string; readonly title: string }> {
    return this.#said(this.#api.post("/api/haltwatch/dashboards", dashboard));
  }

  forgetDashboard(uid: string): Promise<unknown> {
    return this.#api.delete(`/api/haltwatch/dashboards/${encodeURIComponent(uid)}`);
  }

  journal({ kind, limit, before, search }: JournalPage, options?: ApiOptions): Promise<readonly JournalEntryAnswer[]> {
    return this.#get("/api/haltwatch/journal", { kind, limit, before, search }, options);
  }

  verifyJournal(): Promise<JournalVerdictAnswer> {
    return this.#get("/api/haltwatch/journal/verify");
  }

  heartbeat(options?: ApiOptions): Promise<HeartbeatAnswer> {
    return this.#get("/api/haltwatch/heartbeat", {}, options);
  }

  /** `null` before the first look. */
  health(options?: ApiOptions): Promise<HealthAnswer | null> {
    return this.#get("/api/haltwatch/health", {}, options);
  }

  runtime(options?: ApiOptions): Promise<RuntimeAnswer> {
    return this.#get("/api/haltwatch/runtime", {}, options);
  }

  reports(options?: ApiOptions): Promise<readonly ReportEntry[]> {
    return this.#get("/api/haltwatch/reports", {}, options);
  }

  /** Of yesterday, in the time zone of the configuration. It is kept, and sent to nobody. */
  makeReport(): Promise<{ readonly id: string; readonly title: string }> {
    return this.#said(this.#api.post("/api/haltwatch/reports", {}));
  }

  /** As HTML. */
  report(id: string, options?: ApiOptions): Promise<string> {
    return this.#api.text(`/api/haltwatch/reports/${encodeURIComponent(id)}`, options);
  }

  config(options?: ApiOptions): Promise<ConfigAnswer> {
    return this.#get("/api/haltwatch/config", {}, options);
  }

  thresholds(options?: ApiOptions): Promise<readonly ThresholdAnswer[]> {
    return this.#get("/api/haltwatch/thresholds", {}, options);
  }

  targets(options?: ApiOptions): Promise<TargetsAnswer> {
    return this.#get("/api/v1/targets", {}, options);
  }

  channels(options?: ApiOptions): Promise<readonly ChannelAnswer[]> {
    return this.#get("/api/haltwatch/channels", {}, options);
  }

  demo(options?: ApiOptions): Promise<DemoAnswer> {
    return this.#get("/api/haltwatch/demo", {}, options);
  }

  demoMessages(options?: ApiOptions): Promise<readonly DemoMessage[]> {
    return this.#get("/api/haltwatch/demo/messages", {}, options);
  }

  switchFault(bot: string, fault: string, isOn: boolean): Promise<unknown> {
    return this.#api.post("/api/haltwatch/demo/fault", { bot, fault, on: isOn });
  }

  query(query: string, options?: ApiOptions): Promise<QueryAnswer> {
    return this.#get("/api/v1/query", { query }, options);
  }

  #get<T>(path: string, params: ApiParams = {}, options?: ApiOptions): Promise<T> {
    return this.#said(this.#api.get(path, params, options));
  }

  /** The page is served by the Haltwatch that answers, so both speak of the same version of the API. */
  async #said<T>(answer: Promise<unknown>): Promise<T> {
    return (await answer) as T;
  }
}
