import type { Json, Relation } from '../../generator/src/schema/index.ts';
import { isLarger } from '../../generator/src/schema/json.ts';
import { checkGenerated, checkInterpreter, type Disagreement } from './agreement.ts';
import { type Compare, type Compared, compareAll, questionOf, slowMilliseconds } from './compare-all.ts';
import type { Contradiction, DisputedWitness, Hard } from './contradiction.ts';
import { examineEach, examineTogether } from './cross-examine.ts';
import { type Dispute, disputesOver, judge } from './judged.ts';
import { distinctValues, mostParts, type Pool } from './pool.ts';

export interface RoundResult {
  readonly compared: readonly Compared[];
  readonly contradictions: readonly Contradiction[];
  readonly disputedWitnesses: readonly DisputedWitness[];
  readonly disputes: readonly Dispute[];
  readonly hard: readonly Hard[];
  /** Why a schema has no judges. */
  readonly unjudged: readonly string[];
  /** Schemas times values. */
  readonly judgements: number;
  /** Schemas whose generated validators were held against the definitions. */
  readonly generated: number;
  /** Verdicts `compatible` that some value of the pool could have contradicted. */
  readonly tried: number;
}

/** Witnesses that are tried on every schema of the pool; each is tried on its own pair in any case. */
const sharedWitnesses = 400;
/** Of so many members one has its validators generated, which costs as much as a hundred comparisons. */
const generatedEvery = 4;

/** Everything that can be asked about one pool. */
export async function attack(pool: Pool, relations: readonly Relation[], compare: Compare): Promise<RoundResult> {
  const judged = await judge(pool);
  const compared = relations.flatMap((relation) => compareAll(judged, relation, compare));
  const values = distinctValues([...pool.values, ...witnessesOf(compared)]);
  const [contradictions, disputedWitnesses] = examineEach(pool, compared);
  let tried = 0;
  for (const relation of relations) {
    const own = compared.filter((each) => each.relation === relation);
    const together = examineTogether(pool, judged, own, values, relation);
    contradictions.push(...together.contradictions);
    tried += together.tried;
  }
  const chosen = judged.filter(({ index }) => index % generatedEvery === 0);
  const disagreements = [
    ...checkInterpreter(judged, values),
    ...chosen.flatMap((member) => checkGenerated(member, pool.values)),
  ];
  contradictions.push(...disagreements.map((each) => asContradiction(pool, each)));
  return {
    compared,
    contradictions,
    disputedWitnesses,
    disputes: disputesOver(judged, values),
    hard: hardOnes(pool, compared),
    unjudged: judged.flatMap(({ unjudged }) => unjudged ?? []),
    judgements: judged.filter(({ court }) => court !== undefined).length * values.length,
    generated: chosen.length,
    tried,
  };
}

/** Evenly from all of them. */
function witnessesOf(compared: readonly Compared[]): Json[] {
  const all = distinctValues(
    compared.flatMap(({ verdict }) =>
      verdict.verdict === 'incompatible' && !isLarger(verdict.witness, mostParts) ? [verdict.witness] : [],
    ),
  );
  const step = Math.max(1, all.length / sharedWitnesses);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function asContradiction(pool: Pool, { member, value, detail }: Disagreement): Contradiction {
  const of = questionOf(pool, { old: member, next: member, relation: 'inclusion' });
  return { ...of, kind: 'validator', value, detail };
}

function hardOnes(pool: Pool, compared: readonly Compared[]): Hard[] {
  return compared
    .filter(({ verdict, milliseconds }) => verdict.verdict === 'unknown' || milliseconds > slowMilliseconds)
    .map((each) => ({
      ...questionOf(pool, each),
      verdict: each.verdict.verdict,
      ...(each.verdict.verdict === 'unknown' && { reason: each.verdict.reason }),
      milliseconds: Math.round(each.milliseconds),
    }));
}
