import type { Report, RuleEntry } from '../rule.ts';

/** What a payload comparison found, with the entry of the catalogue that it is about. */
export interface PayloadReport extends Report {
  readonly entry: RuleEntry;
  /** The keyword that rejects, where one can be blamed. */
  readonly keyword?: string;
}
