import { isValid, type Json, parseSchema } from '../../generator/src/schema/index.ts';
import type { Dispute } from './judged.ts';
import { convene } from './judges/judge.ts';
import { keywordsOf } from './keywords.ts';
import { placesOf } from './schemas/places.ts';
import { type Case, shrink } from './shrink.ts';
import type { DisputeExample } from './tally.ts';

/** Enough for a cause that recurs; a dispute is nobody's mistake that would have to be understood to the end. */
const checks = 300;

/** The dispute as small as it gets. Its cause is named by the keywords that are left. */
export async function shrunkDispute({ member, value }: Dispute): Promise<{ cause: string; example: DisputeExample }> {
  const { dialect, assertFormats, raw } = member.schema;
  const persists = async (smaller: Case): Promise<boolean> => {
    const [schema] = parseSchema(smaller.schemas[0], { dialect, assertFormats });
    if (schema === undefined) return false;
    const court = await convene(schema);
    return !('unjudged' in court) && court.ask(smaller.value ?? null) === 'disputed';
  };
  const { schemas, value: small = value } = await shrink({ schemas: [raw], value }, dialect, persists, checks);
  const [schema = raw] = schemas;
  const court = await convene({ raw: schema, dialect, assertFormats });
  const [read] = parseSchema(schema, { dialect, assertFormats });
  const opinions = {
    ...('unjudged' in court ? {} : court.opinions(small)),
    ...(read !== undefined && { engine: isValid(read.root, small, read) }),
  };
  return { cause: keywordsLeft(schema, member.schema.dialect), example: { dialect, schema, value: small, opinions } };
}

function keywordsLeft(schema: Json, dialect: Parameters<typeof keywordsOf>[0]): string {
  const known = keywordsOf(dialect);
  const names = placesOf(schema, dialect).flatMap(({ schema: inner }) =>
    typeof inner === 'object' && inner !== null ? Object.keys(inner) : [],
  );
  return [...new Set(names)]
    .filter((name) => known.has(name))
    .sort()
    .join(' + ');
}
