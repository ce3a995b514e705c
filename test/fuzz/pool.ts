import {
  type Dialect,
  dialects,
  isValid,
  type Json,
  parseSchema,
  type Schema,
} from '../../generator/src/schema/index.ts';
import { isLarger } from '../../generator/src/schema/json.ts';
import { fittingValue } from './instances/fitting-value.ts';
import { nearValue } from './instances/near-value.ts';
import { randomValue } from './instances/random-value.ts';
import { type Random, randomFor } from './random.ts';
import { mutate } from './schemas/mutate.ts';
import { randomSchema } from './schemas/random-schema.ts';
import type { RealSchemas } from './schemas/real-schemas.ts';
import { withSameMeaning } from './schemas/same-meaning.ts';

/**
 * The schemas and values of one round. Every schema is compared with every other, so that what one pair brings to light
 * (a witness) is tried on all of them. A pool is a function of the seed and the number of its round alone.
 */
export interface Pool {
  readonly round: number;
  readonly dialect: Dialect;
  readonly assertFormats: boolean;
  readonly members: readonly Member[];
  readonly values: readonly Json[];
}

export interface Member {
  readonly schema: Schema;
  /** Members of one family were changed into one another. */
  readonly family: number;
  /** Members of one number mean the same. */
  readonly meaning: number;
}

/** Families of schemas that were changed into one another; the rest of a family's pairs are among strangers. */
const families = 4;
const familySize = 16;
/** In each family this many are another way of writing the one before. */
const rewritten = 3;

export const poolSize = families * familySize;
export const pairsPerRound = poolSize * poolSize;

/** The dialect changes with every round. */
export function dialectOf(round: number): Dialect {
  return dialects[round % dialects.length] ?? '2020-12';
}

/** Of six rounds of a dialect two assert formats and two are of real schemas, one is both. */
function turnOf(round: number): { readonly assertFormats: boolean; readonly real: boolean } {
  const turn = Math.floor(round / dialects.length);
  return { assertFormats: turn % 3 === 1, real: turn % 6 >= 4 };
}

export function poolOf(seed: number, round: number, realSchemas: RealSchemas): Pool {
  const random = randomFor(seed, round);
  const dialect = dialectOf(round);
  const { assertFormats, real } = turnOf(round);
  const parse = (raw: Json): Schema | undefined => parseSchema(raw, { dialect, assertFormats })[0];
  const found = (): Json => (real ? realSchemas.pick(random, dialect) : randomSchema(random, dialect));
  const members: Member[] = [];
  for (let number = 0; number < families; number++) {
    const founder = until(() => livelyOnly(random, parse(found())));
    members.push(...familyOf(random, founder, number, parse));
  }
  return { round, dialect, assertFormats, members, values: valuesFor(random, members) };
}

function until<T>(make: () => T | undefined): T {
  for (;;) {
    const made = make();
    if (made !== undefined) return made;
  }
}

function familyOf(random: Random, founder: Schema, family: number, parse: (raw: Json) => Schema | undefined): Member[] {
  const { dialect } = founder;
  const first = family * familySize;
  const members: Member[] = [{ schema: founder, family, meaning: first }];
  for (let last = members[0]; last !== undefined && members.length < familySize; last = members.at(-1)) {
    const { schema: previous, meaning } = last;
    if (members.length % Math.floor(familySize / rewritten) === 0) {
      const schema = until(() => parse(withSameMeaning(random, dialect, previous.raw)));
      members.push({ schema, family, meaning });
      continue;
    }
    const schema = until(() => {
      // Half the time the founder again, so that the family does not drift away from it.
      const from = random.chance(0.5) ? founder : random.pick(members).schema;
      const changed = parse(mutate(random, dialect, from.raw));
      return random.chance(0.2) ? changed : livelyOnly(random, changed);
    });
    members.push({ schema, family, meaning: first + members.length });
  }
  return members;
}

/** Of a schema that holds of everything or of nothing there is little to learn, and random ones often do. */
function livelyOnly(random: Random, schema: Schema | undefined): Schema | undefined {
  if (schema === undefined) return undefined;
  const answers = Array.from({ length: 12 }, () => {
    const fitting = fittingValue(random, schema.raw);
    return isValid(schema.root, random.chance(0.5) ? fitting : nearValue(random, fitting), schema);
  });
  return new Set(answers).size === 2 ? schema : undefined;
}

const strangeValues = 40;
const fittingValues = 6;
/** Objects and lists of a value: one that repeats a part that repeats a part costs minutes on every schema of the pool. */
export const mostParts = 500;

/** Values that fit the schemas or just miss them, and a few from anywhere; no value twice. */
function valuesFor(random: Random, members: readonly Member[]): Json[] {
  const values = Array.from({ length: strangeValues }, () => randomValue(random, 2));
  for (const { schema } of members) {
    for (let count = 0; count < fittingValues; count++) {
      const fitting = fittingValue(random, schema.raw);
      values.push(fitting, nearValue(random, fitting));
    }
  }
  return distinctValues(values.filter((value) => !isLarger(value, mostParts)));
}

/** By their text; what no JSON text can say is left out. */
export function distinctValues(values: readonly Json[]): Json[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()].map((value) =>
    JSON.parse(JSON.stringify(value)),
  );
}
