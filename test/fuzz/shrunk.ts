import { type Json, parseSchema, type Schema } from '../../generator/src/schema/index.ts';
import { disagrees, interpreter } from './agreement.ts';
import type { Compare } from './compare-all.ts';
import type { Contradiction } from './contradiction.ts';
import { type Court, convene } from './judges/judge.ts';
import { type Case, shrink } from './shrink.ts';
import { sends, takes } from './sides.ts';

/** The contradiction with schemas and value as small as they can be; those that rest on more than two schemas stay. */
export async function shrunk(contradiction: Contradiction, compare: Compare): Promise<Contradiction> {
  const { kind, dialect, old, next, value } = contradiction;
  const persists = stillHolds(contradiction, compare);
  if (persists === undefined) return contradiction;
  const one = kind === 'validator' || kind === 'reflexive';
  const smallest = await shrink({ schemas: one ? [old] : [old, next], value }, dialect, persists);
  const [first = old, second = first] = smallest.schemas;
  return { ...contradiction, old: first, next: second, ...(smallest.value !== undefined && { value: smallest.value }) };
}

function stillHolds(
  { kind, dialect, assertFormats, relation, detail }: Contradiction,
  compare: Compare,
): ((smaller: Case) => Promise<boolean>) | undefined {
  const parse = (raw: Json): Schema | undefined => parseSchema(raw, { dialect, assertFormats })[0];
  const both = async (
    { schemas }: Case,
    holds: (old: Schema, next: Schema, courts: readonly [Court, Court]) => boolean,
  ): Promise<boolean> => {
    const [old, next = old] = schemas.map(parse);
    if (old === undefined || next === undefined) return false;
    const [sender, taker] = [await convene(old), await convene(next)];
    return !('unjudged' in sender) && !('unjudged' in taker) && holds(old, next, [sender, taker]);
  };
  switch (kind) {
    case 'passed':
      return (smaller) =>
        both(smaller, (old, next, [sender, taker]) => {
          const value = smaller.value ?? null;
          return (
            sends(relation, old, sender, value) === 'valid' &&
            takes(relation, next, taker, value) === 'invalid' &&
            compare(old, next, { relation }).verdict === 'compatible'
          );
        });
    case 'blocked':
      return (smaller) =>
        both(smaller, (old, next, [sender, taker]) => {
          const verdict = compare(old, next, { relation });
          if (verdict.verdict !== 'incompatible') return false;
          const { witness } = verdict;
          return (
            sends(relation, old, sender, witness) === 'invalid' || takes(relation, next, taker, witness) === 'valid'
          );
        });
    case 'reflexive':
      return (smaller) => both(smaller, (old) => compare(old, old, { relation }).verdict !== 'compatible');
    case 'validator':
      if (detail !== interpreter) return undefined;
      return (smaller) =>
        both(smaller, (old, _, [court]) => {
          const value = smaller.value ?? null;
          return disagrees(old, court, value);
        });
    default:
      return undefined;
  }
}
