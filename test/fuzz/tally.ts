import { type Dialect, dialects, type Json, type Relation } from '../../generator/src/schema/index.ts';
import type { Compared } from './compare-all.ts';
import type { Contradiction, DisputedWitness, Hard } from './contradiction.ts';
import { Coverage, type VerdictName } from './coverage.ts';
import type { RoundResult } from './round.ts';

/** What is written down of each cause; all are counted. */
const examplesPerCause = 20;
const mostListed = 1_000;

/** A number of like things, and some of them. */
export interface Kind<T> {
  count: number;
  readonly examples: T[];
}

/** A schema and a value on which the judges do not agree, as small as they get. */
export interface DisputeExample {
  readonly dialect: Dialect;
  readonly schema: Json;
  readonly value: Json;
  readonly opinions: Readonly<Record<string, boolean | undefined>>;
}

/** Everything that a campaign has seen so far. */
export class Tally {
  pairs = 0;
  rounds = 0;
  judgements = 0;
  disputes = 0;
  tried = 0;
  generated = 0;
  contradictionCount = 0;
  disputedWitnessCount = 0;
  slowest = 0;
  slow = 0;
  readonly coverage = new Coverage();
  readonly contradictions: Contradiction[] = [];
  readonly disputedWitnesses: DisputedWitness[] = [];
  readonly unknown = new Map<string, Kind<Hard>>();
  readonly slowPairs: Hard[] = [];
  readonly disputeCauses = new Map<string, Kind<DisputeExample>>();
  readonly unjudged = new Map<string, number>();
  readonly #verdicts = new Map<string, number>();

  add(dialect: Dialect, pairs: number, result: RoundResult): void {
    this.pairs += pairs;
    this.rounds++;
    this.judgements += result.judgements;
    this.disputes += result.disputes.length;
    this.tried += result.tried;
    this.generated += result.generated;
    this.contradictionCount += result.contradictions.length;
    this.contradictions.push(...result.contradictions.slice(0, mostListed - this.contradictions.length));
    this.disputedWitnessCount += result.disputedWitnesses.length;
    this.disputedWitnesses.push(...result.disputedWitnesses.slice(0, mostListed - this.disputedWitnesses.length));
    for (const each of result.compared) this.#count(dialect, each);
    for (const each of result.hard) this.#addHard(each);
    for (const why of result.unjudged) {
      const cause = causeOf(why);
      this.unjudged.set(cause, (this.unjudged.get(cause) ?? 0) + 1);
    }
  }

  verdicts(verdict: VerdictName, relation?: Relation, dialect?: Dialect): number {
    let sum = 0;
    for (const d of dialect === undefined ? dialects : [dialect]) {
      for (const r of relation === undefined ? (['inclusion', 'events'] as const) : [relation]) {
        sum += this.#verdicts.get(`${d} ${r} ${verdict}`) ?? 0;
      }
    }
    return sum;
  }

  addDispute(cause: string, example: DisputeExample): void {
    addTo(this.disputeCauses, cause, example);
  }

  #count(dialect: Dialect, { relation, verdict, milliseconds }: Compared): void {
    const key = `${dialect} ${relation} ${verdict.verdict}`;
    this.#verdicts.set(key, (this.#verdicts.get(key) ?? 0) + 1);
    this.slowest = Math.max(this.slowest, milliseconds);
  }

  #addHard(hard: Hard): void {
    if (hard.reason !== undefined) addTo(this.unknown, causeOf(hard.reason), hard);
    else {
      this.slow++;
      if (this.slowPairs.length < examplesPerCause * 5) this.slowPairs.push(hard);
    }
  }
}

function addTo<T>(kinds: Map<string, Kind<T>>, cause: string, example: T): void {
  const known = kinds.get(cause) ?? { count: 0, examples: [] };
  kinds.set(cause, known);
  known.count++;
  if (known.examples.length < examplesPerCause) known.examples.push(example);
}

/** A reason without what is special to one pair: values, names and places. Said twice of two places, it is one reason. */
export function causeOf(reason: string): string {
  const parts = reason
    .replace(/(the validators do not agree) on .*$/s, '$1')
    .replaceAll(/ at (?:the root|[/#][^ ;]*)/g, '')
    .replaceAll(/'[^']*'|"[^"]*"/g, '…')
    .split('; ');
  return [...new Set(parts)].join('; ');
}
