import { type Json, parseSchema, type Schema } from '../../generator/src/schema/index.ts';
import type { Compare } from './compare-all.ts';
import type { Hard } from './contradiction.ts';
import { type Case, shrink } from './shrink.ts';
import { causeOf } from './tally.ts';

const checks = 600;

/** The pair without an answer as small as it gets while it stays without one for the same cause. */
export async function shrunkUnknown(hard: Hard, compare: Compare): Promise<Hard> {
  const { dialect, assertFormats, relation, old, next, reason = '' } = hard;
  const cause = causeOf(reason);
  const parse = (raw: Json): Schema | undefined => parseSchema(raw, { dialect, assertFormats })[0];
  const persists = async ({ schemas }: Case): Promise<boolean> => {
    const [before, after] = schemas.map(parse);
    if (before === undefined || after === undefined) return false;
    const verdict = compare(before, after, { relation });
    return verdict.verdict === 'unknown' && causeOf(verdict.reason) === cause;
  };
  const { schemas } = await shrink({ schemas: [old, next], value: undefined }, dialect, persists, checks);
  const [smallerOld = old, smallerNext = next] = schemas;
  return { ...hard, old: smallerOld, next: smallerNext };
}
