import type { Report, RuleEntry } from '../rule.ts';

/** What a comparison of payloads reports, and the rule that it is reported under. */
export interface PayloadReport extends Report {
  readonly entry: RuleEntry;
  /** The keyword that rejects, where one can be blamed. */
  readonly keyword?: string;
}
