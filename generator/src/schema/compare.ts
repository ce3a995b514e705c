import type { Json, Schema } from './ast.ts';
import { OutOfBudget, within } from './budget.ts';
import { defaultBudgetMs, findValue } from './contains.ts';
import { oneOfValues } from './context.ts';
import { compareEvents, type Decide } from './events-relation.ts';
import { equalJson } from './json.ts';
import { breaks, judge, meetingOf } from './meeting.ts';
import { isPlainlyWithin } from './plainly-within.ts';
import { readable } from './readable.ts';
import type { CompareOptions, Meeting, Verdict } from './verdict.ts';

/** Witnesses that are shown to the judges before the pair is given up. */
const maxWitnesses = 4;

/**
 * The verdict on two schemas. Whatever the search found, `incompatible` is said only after both judges confirmed the
 * witness: a mistake of ours can cost an answer, never make a wrong one.
 */
export function compare(old: Schema, next: Schema, options: CompareOptions): Verdict {
  const meeting = meetingOf(options.relation);
  // A default may make of a valid event one that its own schema rejects, and only generated producers know.
  const reflexive = meeting.producer === 'generated' || meeting.consumer === 'hand-written';
  if (reflexive && isSame(old, next)) return { verdict: 'compatible' };
  if (old.assertFormats !== next.assertFormats) {
    return { verdict: 'unknown', reason: '`format` is an assertion in one schema and an annotation in the other' };
  }
  const fills = meeting.producer === 'generated' ? [old, next] : meeting.consumer === 'generated' ? [next] : [];
  const unfilled = fills.find(({ inexactDefault }) => inexactDefault !== undefined)?.inexactDefault;
  if (unfilled !== undefined) {
    return { verdict: 'unknown', reason: `the default at ${unfilled.pointer} has a number that no double holds` };
  }
  const budgetMs = options.budgetMs ?? defaultBudgetMs;
  try {
    // What was found in time may be confirmed and made readable behind it.
    return within(budgetMs * 1.4, () => compareEvents(old, next, meeting, decideWithin(old, next, meeting, budgetMs)));
  } catch (error) {
    if (error instanceof OutOfBudget) return { verdict: 'unknown', reason: error.message };
    // Walks over a schema or a witness recurse as deep as it is.
    if (error instanceof RangeError) return { verdict: 'unknown', reason: 'the schema is nested too deeply' };
    throw error;
  }
}

/** One budget for everything that is decided with it. */
function decideWithin(old: Schema, next: Schema, meeting: Meeting, budgetMs: number): Decide {
  const deadline = performance.now() + budgetMs;
  const { assertFormats } = next;
  const isInexact = old.isBeyondDoubles === true || next.isBeyondDoubles === true;
  return (a, b) => {
    if (!isInexact && isPlainlyWithin(a, b, { assertFormats })) return { verdict: 'compatible' };
    const refuted: Json[] = [];
    let isJudged = true;
    // A witness that Ajv judges wrongly is left aside for another one.
    while (refuted.length < maxWitnesses) {
      const fails = refuted.length === 0 ? [b] : [b, oneOfValues(refuted)];
      const left = Math.max(1, deadline - performance.now());
      const found = findValue({ holds: [a], fails }, { assertFormats, budgetMs: left });
      if (found.kind === 'none' && refuted.length === 0) return { verdict: 'compatible' };
      if (found.kind === 'unknown' && refuted.length === 0) return { verdict: 'unknown', reason: found.reason };
      if (found.kind !== 'value') break;
      const confirmed = judge(old, next, found.value, meeting);
      if (confirmed === true) {
        return { verdict: 'incompatible', witness: toShow(old, next, meeting, found.value, deadline) };
      }
      isJudged &&= confirmed !== undefined;
      refuted.push(found.value);
      if (performance.now() > deadline) break;
    }
    return { verdict: 'unknown', reason: unconfirmed(old, next, refuted[0] ?? null, isJudged) };
  };
}

function unconfirmed(old: Schema, next: Schema, witness: Json, isJudged: boolean): string {
  const shown = preview(witness);
  if (!isJudged) return `the second validator cannot cope with the schemas, and so cannot confirm ${shown}`;
  const isBeyondDoubles = old.isBeyondDoubles === true || next.isBeyondDoubles === true;
  if (isBeyondDoubles) return `no double shows the difference: one rounds it away around ${shown}`;
  return `the validators do not agree on ${shown}`;
}

/** The witness as a person likes to see it, or as it is where the judges do not agree on the other. */
function toShow(old: Schema, next: Schema, meeting: Meeting, witness: Json, deadline: number): Json {
  try {
    const shown = readable(old.root, next.root, witness, {
      assertFormats: next.assertFormats,
      shows: (value) => breaks(old, next, meeting, value),
      deadline,
    });
    return judge(old, next, shown, meeting) === true ? shown : witness;
  } catch (error) {
    if (error instanceof RangeError || error instanceof OutOfBudget) return witness;
    throw error;
  }
}

function preview(witness: Json): string {
  const text = JSON.stringify(witness);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function isSame(old: Schema, next: Schema): boolean {
  if (old.isBeyondDoubles === true || next.isBeyondDoubles === true) return false;
  if (old.dialect !== next.dialect || old.documents.size > 0 || next.documents.size > 0) return false;
  if (old.assertFormats !== next.assertFormats) return false;
  try {
    return equalJson(old.raw, next.raw);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
