/** How one orchestrator is spoken to: what carries out pauses for bots that are not on the link. */
import type { Scope } from "../scope.ts";
import type { Template } from "./template.ts";

export interface OrchestratorSettings {
  /** Names it, and what is kept of it over restarts. */
  readonly name: string;
  /** What it runs. A pause that touches any of it pauses all of it, as the orchestrator can do no less. */
  readonly scope: Scope;
  readonly pause: OrchestratorRequest;
  /** For REDUCING; without it, REDUCING is carried out as a pause. */
  readonly reduce?: OrchestratorRequest | undefined;
  /** What is sent when a person has armed; without it nothing is, and the person resumes by hand. */
  readonly resume?: OrchestratorRequest | undefined;
  /** How it is asked what it does; without it, an answer of 2xx is taken for the deed. */
  readonly state?: StateReading | undefined;
  /** Longest request, milliseconds. */
  readonly timeoutMs: number;
  /** If it is not confirmed by then, the alarm is raised, milliseconds. */
  readonly confirmWithinMs: number;
  /**
   * Different for settings that speak to something else: what was paused under other settings is not resumed under these.
   */
  readonly identity: string;
}

export interface OrchestratorRequest {
  readonly method: string;
  readonly url: Template;
  /** Read at each request. May throw where a secret is missing: then the request has failed. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly body?: Template | undefined;
}

export interface StateReading extends OrchestratorRequest {
  /** Where in the answer's JSON the state stands. */
  readonly pointer: readonly string[];
  readonly pausedWhen: ReadonlySet<string>;
  /** Needed with a `reduce` request. */
  readonly reducingWhen: ReadonlySet<string>;
  /** Empty: all that means neither paused nor reducing. */
  readonly runningWhen: ReadonlySet<string>;
  /** How often it is asked after a request, until it is as wanted, milliseconds. */
  readonly everyMs: number;
  /** How long it is asked like that before the request is sent again, milliseconds. */
  readonly withinMs: number;
  /** How often it is asked while it is paused, milliseconds. */
  readonly checkEveryMs: number;
}

/** What an orchestrator is asked for. */
export type OrchestratorAction = "pause" | "reduce" | "resume";
