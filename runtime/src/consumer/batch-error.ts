/**
 * Thrown by a handler of batches that knows which of its events failed: `throw new BatchError([[2, error]])`. The others
 * are handled, but for later ones of the same key, which wait until the failed one is settled. With effectively-once
 * the transaction is rolled back, and the others are handled again without the failed ones.
 */
export class BatchError extends Error {
  override readonly name = 'BatchError';
  /** What went wrong, by the index of the event in the batch. */
  readonly failures: ReadonlyMap<number, unknown>;

  constructor(failures: Iterable<readonly [index: number, error: unknown]>) {
    const byIndex = new Map(failures);
    super(`${byIndex.size} of a batch failed`, { cause: byIndex.values().next().value });
    this.failures = byIndex;
  }
}
