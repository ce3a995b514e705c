/** What there is to say about a record that dies. */
import type { Disposition } from '../dead-letter/disposition.ts';
import type { Death } from '../dead-letter/evidence.ts';
import { describeFailure } from '../dead-letter/failure.ts';
import type { Entry } from './entry.ts';
import { Poison } from './poison.ts';

/** `redact` takes classified values of the record's payload out of a text. */
export function deathOf(entry: Entry, disposition: Disposition, redact: (text: string) => string, now: number): Death {
  const failure = describeFailure(entry.error);
  const poison = entry.error instanceof Poison ? entry.error : undefined;
  return {
    disposition,
    errorClass: poison?.code ?? redact(failure.errorClass),
    message: redact(failure.message),
    // The stack of our own decoder says nothing about the record.
    stack: poison !== undefined || failure.stack === undefined ? undefined : redact(failure.stack),
    attempts: entry.attempts,
    firstFailureAt: entry.firstFailureAt === 0 ? now : entry.firstFailureAt,
    lastFailureAt: entry.lastFailureAt === 0 ? now : entry.lastFailureAt,
  };
}
