import type { Json, Schema } from '../../schema/ast.ts';
import { confirm } from '../../schema/meeting.ts';
import type { CompareOptions, Meeting, Verdict } from '../../schema/verdict.ts';
import { weakened } from '../../schema/weakened.ts';
import { findCause, type Rejection } from './find-cause.ts';

/** The schema engine's comparison, handed in so that tests can give verdicts that are hard to provoke. */
export type Compare = (before: Schema, after: Schema, options: CompareOptions) => Verdict;

/** An event that breaks, with the keyword to blame where there is one; or why nobody knows whether there is one (more). */
export type Break =
  | { readonly witness: Json; readonly rejection: Rejection | undefined }
  | { readonly undecided: string };

/** More breaks of one schema help nobody to mend it. */
const mostBreaks = 20;

/**
 * Every way in which events of one schema are rejected by another: what rejected a witness is taken out of the rejecting
 * schema, and the question is asked again, until what is left is proved to accept everything. So a team that permits one
 * of them permits no other by it.
 */
export function* breaksBetween(
  emitted: Schema,
  accepting: Schema,
  meeting: Meeting,
  { compare, budgetMs }: { readonly compare: Compare; readonly budgetMs: number },
): Iterable<Break> {
  const deadline = performance.now() + budgetMs;
  let asked = accepting;
  for (let found = 0; found < mostBreaks; found += 1) {
    const left = found === 0 ? budgetMs : deadline - performance.now();
    if (left <= 0) return yield { undecided: moreMayBreak('not decided in the time allowed') };
    const verdict = compare(emitted, asked, { relation: meeting, budgetMs: left });
    if (verdict.verdict === 'compatible') return;
    if (verdict.verdict === 'unknown') {
      return yield { undecided: found === 0 ? verdict.reason : moreMayBreak(verdict.reason) };
    }
    const { witness } = verdict;
    if (found > 0 && !confirm(emitted, accepting, witness, meeting)) {
      return yield { undecided: moreMayBreak('the validators do not agree on another event') };
    }
    const rejection = findCause(asked, witness, meeting.consumer) ?? findCause(asked, witness, 'hand-written');
    yield { witness, rejection };
    if (rejection === undefined) return;
    asked = weakened(asked, rejection);
  }
  yield { undecided: moreMayBreak(`${mostBreaks} places are shown`) };
}

function moreMayBreak(reason: string): string {
  return `more may break than is shown (${reason})`;
}
