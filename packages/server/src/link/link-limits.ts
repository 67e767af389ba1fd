/** What one bot may cost Haltwatch. All of it is told to the bot in `welcome`, and documented in docs/link.md. */

export interface LinkLimits {
  /** Largest frame, bytes of UTF-8. */
  readonly frameBytes: number;
  /** Most series that a bot may have at a time. */
  readonly series: number;
  /** Samples a second, on average over {@link BURST_SECONDS}. */
  readonly samplesPerSecond: number;
  /** Frames a second, on average over {@link BURST_SECONDS}. */
  readonly framesPerSecond: number;
  /** Longest name of a metric, name or value of a label, UTF-16 code units. */
  readonly nameLength: number;
  readonly labelsPerSeries: number;
  /** Most links at a time, those that have not said hello included. */
  readonly sessions: number;
  /** Most bytes that wait for a bot that does not read. */
  readonly waitingBytes: number;
  /** How long a connection may take to say hello, milliseconds. */
  readonly helloMs: number;
}

/** What is not used of a second's allowance may be used within so many. */
export const BURST_SECONDS = 5;

export const DEFAULT_LINK_LIMITS: LinkLimits = {
  frameBytes: 1_048_576,
  series: 20_000,
  samplesPerSecond: 100_000,
  framesPerSecond: 2_000,
  nameLength: 1_024,
  labelsPerSeries: 32,
  sessions: 200,
  waitingBytes: 1_048_576,
  helloMs: 5_000,
};
