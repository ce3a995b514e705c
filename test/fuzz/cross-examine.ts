import type { Json, Relation } from '../../generator/src/schema/index.ts';
import { Bits } from './bits.ts';
import { type Compared, questionOf } from './compare-all.ts';
import type { Contradiction, DisputedWitness, Kind } from './contradiction.ts';
import type { Judged } from './judged.ts';
import type { Pool } from './pool.ts';
import { sends, takes } from './sides.ts';

/** Longer than this is no work within the budget of a second, however busy the machine. */
const tooLongMilliseconds = 5_000;

/** What a verdict says by itself: of a schema and itself, of two ways to write one schema, and of its own witness. */
export function examineEach(pool: Pool, compared: readonly Compared[]): [Contradiction[], DisputedWitness[]] {
  const contradictions: Contradiction[] = [];
  const disputed: DisputedWitness[] = [];
  for (const each of compared) {
    const { old, next, verdict, thrown, milliseconds } = each;
    const report = (kind: Kind, more: { value?: Json; detail?: string } = {}): void => {
      contradictions.push({ ...questionOf(pool, each), kind, verdict: verdict.verdict, ...more });
    };
    if (thrown !== undefined) report('crash', { detail: thrown });
    else if (milliseconds > tooLongMilliseconds) report('crash', { detail: `${Math.round(milliseconds)} ms` });
    else if (old === next && verdict.verdict !== 'compatible') report('reflexive');
    else if (verdict.verdict === 'incompatible') {
      const { witness: value } = verdict;
      const said = judgeWitness(each, value);
      if (said === 'refuted') report('blocked', { value });
      if (said === 'disputed')
        disputed.push({ ...questionOf(pool, each), witness: value, opinions: opinionsOn(each, value) });
      if (said === 'confirmed' && old.meaning === next.meaning) report('indifferent', { value });
    }
  }
  return [contradictions, disputed];
}

function judgeWitness(
  { old, next, relation }: Compared,
  value: Json,
): 'confirmed' | 'refuted' | 'disputed' | 'unjudged' {
  if (old.court === undefined || next.court === undefined) return 'unjudged';
  const sent = sends(relation, old.schema, old.court, value);
  const taken = takes(relation, next.schema, next.court, value);
  if (sent === 'valid' && taken === 'invalid') return 'confirmed';
  return sent === 'invalid' || taken === 'valid' ? 'refuted' : 'disputed';
}

function opinionsOn({ old, next }: Compared, value: Json): DisputedWitness['opinions'] {
  return { old: old.court?.opinions(value) ?? {}, next: next.court?.opinions(value) ?? {} };
}

/** Which of the values each member sends as the old side and refuses as the new one, where the judges agree. */
interface Table {
  readonly sent: readonly Bits[];
  readonly refused: readonly Bits[];
}

function tabulate(judged: readonly Judged[], values: readonly Json[], relation: Relation): Table {
  const row = (holds: (member: Judged, value: Json) => boolean): Bits[] =>
    judged.map((member) => {
      const bits = new Bits(values.length);
      for (const [index, value] of values.entries()) if (holds(member, value)) bits.add(index);
      return bits;
    });
  return {
    sent: row(({ schema, court }, value) => court !== undefined && sends(relation, schema, court, value) === 'valid'),
    refused: row(
      ({ schema, court }, value) => court !== undefined && takes(relation, schema, court, value) === 'invalid',
    ),
  };
}

export interface Together {
  readonly contradictions: readonly Contradiction[];
  /** Compatible pairs whose old side sends some of the values: the others would pass whatever the new side says. */
  readonly tried: number;
}

/** What the values of the whole pool say to every verdict `compatible`, and the verdicts to one another. */
export function examineTogether(
  pool: Pool,
  judged: readonly Judged[],
  compared: readonly Compared[],
  values: readonly Json[],
  relation: Relation,
): Together {
  const { sent, refused } = tabulate(judged, values, relation);
  const contradictions: Contradiction[] = [];
  let tried = 0;
  for (const each of compared) {
    if (each.verdict.verdict !== 'compatible') continue;
    const events = sent[each.old.index];
    if (events === undefined || events.isEmpty) continue;
    tried++;
    const broken = events.firstShared(refused[each.next.index] ?? new Bits(values.length));
    const value = broken === undefined ? undefined : values[broken];
    if (value !== undefined) {
      contradictions.push({ ...questionOf(pool, each), kind: 'passed', verdict: 'compatible', value });
    }
  }
  // The relation of events is not transitive, and docs/compatibility.md says why that is no mistake.
  if (relation === 'inclusion') contradictions.push(...intransitive(pool, judged, compared));
  return { contradictions, tried };
}

/** a ⊆ b and b ⊆ c, but not a ⊆ c. */
function intransitive(pool: Pool, judged: readonly Judged[], compared: readonly Compared[]): Contradiction[] {
  const within = judged.map(() => new Bits(judged.length));
  const around = judged.map(() => new Bits(judged.length));
  for (const { old, next, verdict } of compared) {
    if (verdict.verdict !== 'compatible') continue;
    within[next.index]?.add(old.index);
    around[old.index]?.add(next.index);
  }
  return compared.flatMap((each): Contradiction[] => {
    const { old, next, verdict } = each;
    const between = around[old.index]?.firstShared(within[next.index] ?? new Bits(0));
    if (verdict.verdict !== 'incompatible' || between === undefined) return [];
    const detail = `by way of ${JSON.stringify(judged[between]?.schema.raw)}`;
    return [{ ...questionOf(pool, each), kind: 'transitive', verdict: 'incompatible', value: verdict.witness, detail }];
  });
}
