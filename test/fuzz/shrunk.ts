import { type Json, parseSchema, type Schema } from '../../generator/src/schema/index.ts';
import { breaks, meetingOf } from '../../generator/src/schema/meeting.ts';
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
    mayHold: (old: Schema, next: Schema) => boolean = () => true,
  ): Promise<boolean> => {
    const [old, next = old] = schemas.map(parse);
    // Judges take a hundred times as long as our own validator, and most steps lead nowhere.
    if (old === undefined || next === undefined || !mayHold(old, next)) return false;
    const [sender, taker] = [await convene(old), await convene(next)];
    return !('unjudged' in sender) && !('unjudged' in taker) && holds(old, next, [sender, taker]);
  };
  switch (kind) {
    case 'passed':
      return (smaller) => {
        const value = smaller.value ?? null;
        return both(
          smaller,
          (old, next, [sender, taker]) =>
            sends(relation, old, sender, value) === 'valid' &&
            takes(relation, next, taker, value) === 'invalid' &&
            compare(old, next, { relation }).verdict === 'compatible',
          (old, next) => breaks(old, next, meetingOf(relation), value),
        );
      };
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
