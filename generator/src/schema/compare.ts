import type { Json, Schema } from './ast.ts';
import { defaultBudgetMs, findValue } from './contains.ts';
import { oneOfValues } from './context.ts';
import { compareEvents, type Decide } from './events-relation.ts';
import { equalJson } from './json.ts';
import { confirm } from './judge.ts';
import type { CompareOptions, Verdict } from './verdict.ts';

/** Witnesses that are shown to the judges before the pair is given up. */
const maxWitnesses = 4;

/**
 * The verdict on two schemas. Whatever the search found, `incompatible` is said only after both judges confirmed the
 * witness: a mistake of ours can cost an answer, never make a wrong one.
 */
export function compare(old: Schema, next: Schema, options: CompareOptions): Verdict {
  if (isSame(old, next)) return { verdict: 'compatible' };
  if (old.assertFormats !== next.assertFormats) {
    return { verdict: 'unknown', reason: '`format` is an assertion in one schema and an annotation in the other' };
  }
  const decide = decideWithin(options.budgetMs ?? defaultBudgetMs, next.assertFormats);
  try {
    return options.relation === 'events'
      ? compareEvents(old, next, decide)
      : decide(old.root, next.root, (witness) => confirm(old, next, witness));
  } catch (error) {
    // Walks over a schema or a witness recurse as deep as it is.
    if (error instanceof RangeError) return { verdict: 'unknown', reason: 'the schema is nested too deeply' };
    throw error;
  }
}

/** One budget for everything that is decided with it. */
function decideWithin(budgetMs: number, assertFormats: boolean): Decide {
  const deadline = performance.now() + budgetMs;
  return (a, b, confirmed) => {
    const refuted: Json[] = [];
    // A witness that Ajv judges wrongly is left aside for another one.
    while (refuted.length < maxWitnesses) {
      const fails = refuted.length === 0 ? [b] : [b, oneOfValues(refuted)];
      const left = Math.max(1, deadline - performance.now());
      const found = findValue({ holds: [a], fails }, { assertFormats, budgetMs: left });
      if (found.kind === 'none' && refuted.length === 0) return { verdict: 'compatible' };
      if (found.kind === 'unknown' && refuted.length === 0) return { verdict: 'unknown', reason: found.reason };
      if (found.kind !== 'value') break;
      if (confirmed(found.value)) return { verdict: 'incompatible', witness: found.value };
      refuted.push(found.value);
    }
    return { verdict: 'unknown', reason: `the validators do not agree on ${preview(refuted[0] ?? null)}` };
  };
}

function preview(witness: Json): string {
  const text = JSON.stringify(witness);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function isSame(old: Schema, next: Schema): boolean {
  if (old.dialect !== next.dialect || old.documents.size > 0 || next.documents.size > 0) return false;
  if (old.assertFormats !== next.assertFormats) return false;
  try {
    return equalJson(old.raw, next.raw);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
