/** Something that is looked at in each beat. */
import type { Facts, ServiceReading } from "./reading.ts";

export type ServiceKind = Facts["kind"];

export interface Service {
  /** Label `probe`. */
  readonly name: string;
  readonly kind: ServiceKind;
  /** For people: host and port, never a whole URL, in which a key may stand. */
  readonly target: string;
  /** Of one attempt, milliseconds. */
  readonly timeoutMs: number;
  /** Most attempts in a beat: one lost answer is no outage. */
  readonly attempts: number;
  /** What is known when it has not answered at all. */
  readonly unanswered: Facts;
  /**
   * One look. It should end when the signal is aborted; where it does not, nobody waits for it.
   *
   * @param nowMs Unix milliseconds
   */
  look(signal: AbortSignal, nowMs: () => number): Promise<ServiceReading>;
}
