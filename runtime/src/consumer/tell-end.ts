/** What is counted and said of a record whose way through the consumer ends. */
import type { Outcome } from './attempts.ts';
import type { DispatcherOptions } from './dispatcher-options.ts';
import type { Entry } from './entry.ts';
import type { Instruments } from './instruments.ts';

export type End = Extract<Outcome, 'handled' | 'duplicate' | 'mismatch' | 'buried' | 'lost'>;

export function tellEnd(
  entry: Entry,
  end: End,
  instruments: ReturnType<Instruments['of']>,
  incident: DispatcherOptions['incident'],
): void {
  switch (end) {
    case 'handled':
      instruments.handled.add(1);
      return;
    case 'mismatch':
      instruments.payloadMismatches.add(1);
      incident('payload-mismatch', 'a duplicate by its idempotency key has another payload', entry);
      instruments.duplicate.add(1);
      return;
    case 'duplicate':
      instruments.duplicate.add(1);
      return;
    case 'buried':
      instruments.deadLettered(entry.death?.disposition ?? 'RECOVERED')?.add(1);
      return;
    case 'lost':
      instruments.lostAttempts.add(1);
      incident('record-lost', 'its only attempt failed; at-most-once makes no other', entry, entry.error);
      return;
  }
}
