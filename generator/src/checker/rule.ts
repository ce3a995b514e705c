import type { Finding, Position, Severity } from '../diagnostics/finding.ts';
import type { Contract } from '../model/contract.ts';
import type { ContractSet } from '../model/contract-set.ts';

/** What a rule says of itself; `docs/rules.md` and `tenet explain` print it. */
export interface RuleEntry {
  /** `design/unowned-dead-letter`; the file is `unowned-dead-letter.rule.ts` in the family's folder. */
  readonly id: string;
  readonly severity: Severity;
  /** The invariant that must hold, one sentence. */
  readonly summary: string;
}

/** What a rule reports; the runner adds rule id, severity, contract and fingerprint. */
export type Report = Omit<Finding, 'rule' | 'severity' | 'contract' | 'fingerprint'> & {
  readonly at: Position;
  /** What tells two findings of one rule in one contract apart, without line numbers: a path, a consumer's name. */
  readonly subject?: string;
};

/** Judges one contract (with its set at hand). */
export interface DesignRule extends RuleEntry {
  check(contract: Contract, set: ContractSet): Iterable<Report>;
}

/** Two versions of one contract file; one of them may be missing (added, deleted), never both. */
export interface ContractPair {
  readonly before: Contract;
  readonly after: Contract;
}

/** Judges what changed between two versions. `check(x, x)` is empty. */
export interface PromiseRule extends RuleEntry {
  /** The opposite change, or why it needs no rule. */
  readonly mirror: { readonly rule: string } | { readonly harmless: string };
  check(pair: ContractPair, sets: { readonly before: ContractSet; readonly after: ContractSet }): Iterable<Report>;
}
