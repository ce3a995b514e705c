import type { Schema } from './ast.ts';
import { contains } from './contains.ts';
import { equalJson } from './json.ts';
import { confirm } from './judge.ts';
import type { CompareOptions, Verdict } from './verdict.ts';

/**
 * The verdict on two schemas. Whatever the search found, `incompatible` is said only after both judges confirmed the
 * witness: a mistake of ours can cost an answer, never make a wrong one.
 */
export function compare(old: Schema, next: Schema, options: CompareOptions): Verdict {
  if (isSame(old, next)) return { verdict: 'compatible' };
  return inclusion(old, next, options);
}

function inclusion(old: Schema, next: Schema, { budgetMs }: CompareOptions): Verdict {
  if (old.assertFormats !== next.assertFormats) {
    return { verdict: 'unknown', reason: '`format` is an assertion in one schema and an annotation in the other' };
  }
  const { assertFormats } = next;
  const found = contains(old.root, next.root, { assertFormats, ...(budgetMs !== undefined && { budgetMs }) });
  if (found.contained === true) return { verdict: 'compatible' };
  if (found.contained === undefined) return { verdict: 'unknown', reason: found.reason };
  if (confirmed(old, next, found.witness)) return { verdict: 'incompatible', witness: found.witness };
  return { verdict: 'unknown', reason: `the validators do not agree on ${preview(found.witness)}` };
}

function confirmed(...args: Parameters<typeof confirm>): boolean {
  try {
    return confirm(...args);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function preview(witness: unknown): string {
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
