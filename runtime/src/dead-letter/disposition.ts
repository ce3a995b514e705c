/** Why a record became a dead letter. */
export type Disposition =
  /** Not JSON, or not UTF-8. */
  | 'DESERIALIZATION'
  | 'CONTRACT_VIOLATION'
  | 'TOMBSTONE'
  | 'MISSING_KEY'
  /** Every attempt of the retry budget failed. */
  | 'MAX_ATTEMPTS'
  /** The time of the retry budget is over. */
  | 'BUDGET_EXHAUSTED'
  /** The contract names this error as one that no retry helps. */
  | 'REJECTED'
  /** The process died of it again and again; no handler saw it any more. */
  | 'CRASH_LOOP'
  /** Marked dead before a restart; the failure itself was not kept. */
  | 'RECOVERED';

export const dispositions: readonly Disposition[] = [
  'DESERIALIZATION',
  'CONTRACT_VIOLATION',
  'TOMBSTONE',
  'MISSING_KEY',
  'MAX_ATTEMPTS',
  'BUDGET_EXHAUSTED',
  'REJECTED',
  'CRASH_LOOP',
  'RECOVERED',
];
