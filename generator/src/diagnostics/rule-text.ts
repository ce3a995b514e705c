import type { Severity } from './finding.ts';

/** What a rule says of itself; `docs/rules.md`, `tenet explain` and SARIF print it. */
export interface RuleText {
  /** `<family>/<kebab>` */
  readonly id: string;
  readonly severity: Severity;
  /** The invariant that must hold, one sentence. */
  readonly summary: string;
  /** What goes wrong without it, and what to do instead. */
  readonly why: string;
}
