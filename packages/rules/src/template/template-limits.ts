/** What bounds a template: whoever writes a rule shall not stop the server with it. */

export interface TemplateLimits {
  /** Longest result, characters. */
  readonly maxOutput: number;
  /** Most commands and statements. */
  readonly maxSteps: number;
  /** Deepest templates within templates. */
  readonly maxDepth: number;
}

export const DEFAULT_TEMPLATE_LIMITS: TemplateLimits = { maxOutput: 1_000_000, maxSteps: 1_000_000, maxDepth: 100 };
