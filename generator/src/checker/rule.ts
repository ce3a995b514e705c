import type { Finding, Position, Severity } from '../diagnostics/finding.ts';
import type { RuleText } from '../diagnostics/rule-text.ts';
import type { Contract } from '../model/contract.ts';
import type { ContractSet } from '../model/contract-set.ts';

/** The file of `design/unowned-dead-letter` is `unowned-dead-letter.rule.ts` in the family's folder. */
export type RuleEntry = RuleText;

/** What a rule reports; the runner adds rule id, severity, contract and fingerprint. */
export type Report = Omit<Finding, 'rule' | 'severity' | 'contract' | 'fingerprint'> & {
  readonly at: Position;
  /**
   * What tells two findings of one rule in one contract apart, without line numbers: the path of the field as a JSON
   * pointer, `/consumers/fulfillment/retry`. Exceptions name it as `path`.
   */
  readonly subject?: string;
  /** Milder than the rule's own severity, where one cause weighs less by its circumstances. */
  readonly severity?: Severity;
};

/** The time that rules see: today, or what `--now` says. */
export interface Clock {
  readonly now: Date;
}

/** Judges one contract (with its set at hand). */
export interface DesignRule extends RuleEntry {
  check(contract: Contract, set: ContractSet, clock: Clock): Iterable<Report>;
}

/** The two versions of one contract file. */
export interface ContractPair {
  readonly before: Contract;
  readonly after: Contract;
}

export interface BothSets {
  readonly before: ContractSet;
  readonly after: ContractSet;
}

/** Judges what changed between two versions. `check(x, x)` is empty. */
export interface PromiseRule extends RuleEntry {
  /** The opposite change, or why it needs no rule. */
  readonly mirror: { readonly rule: string } | { readonly harmless: string };
  /** `standing`: errors that earlier rules and the payload comparison found in this pair and nobody excused. */
  check(pair: ContractPair, sets: BothSets, standing: readonly Finding[]): Iterable<Report>;
  /** Judges a contract whose file is gone. */
  checkDeleted?(before: Contract, sets: BothSets): Iterable<Report>;
  /** Judges a contract whose file is new. */
  checkAdded?(after: Contract, sets: BothSets): Iterable<Report>;
}

/** Judges what changed around all contracts, in `tenet.yaml` and `owners.yaml`. `check(x, x)` is empty. */
export interface WorkspaceRule extends RuleEntry {
  /** The opposite change, or why it needs no rule. */
  readonly mirror: PromiseRule['mirror'];
  check(sets: BothSets): Iterable<Report>;
}
