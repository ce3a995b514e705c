import type { Dialect, Relation } from '../../generator/src/schema/index.ts';
import type { Contradiction } from './contradiction.ts';
import type { Tally } from './tally.ts';

/** What a campaign says at its end, in lines of text. */
const number = (value: number): string => value.toLocaleString('en');
const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : ((100 * part) / whole).toFixed(2)} %`;

/** How to see a pair again; `schemas` when they came from outside. */
export interface Replay {
  readonly seed: number;
  readonly schemas?: string;
}

export function replayLine({ seed, schemas }: Replay, pair: number): string {
  return `npm run fuzz -- --seed ${seed} --pair ${pair}${schemas === undefined ? '' : ` --schemas ${schemas}`}`;
}

const meanings: Readonly<Record<Contradiction['kind'], string>> = {
  passed: 'compatible, but the old side sends this and the new side does not take it',
  blocked: 'incompatible, but both judges say that this witness is none',
  indifferent: 'incompatible, though one schema is the other written differently; the witness',
  reflexive: 'a schema is not compatible with itself',
  transitive: 'incompatible, though a third schema lies between the two; the witness',
  validator: 'both judges say otherwise of this value than',
  crash: 'no verdict, or one long after the budget',
};

export function contradictionLines(contradiction: Contradiction, replay: Replay): string[] {
  const { kind, dialect, assertFormats, relation, old, next, value, detail, pair } = contradiction;
  const oneSchema = kind === 'validator' || kind === 'reflexive';
  return [
    `✗ ${meanings[kind]}${detail === undefined ? '' : `: ${detail}`}`,
    `  ${dialect}, ${relation}${assertFormats ? ', formats asserted' : ''}`,
    ...(oneSchema
      ? [`  schema ${JSON.stringify(old)}`]
      : [`  old    ${JSON.stringify(old)}`, `  new    ${JSON.stringify(next)}`]),
    ...(value === undefined ? [] : [`  value  ${JSON.stringify(value)}`]),
    `  ${replayLine(replay, pair)}`,
  ];
}

export function verdictLines(tally: Tally, among: readonly Dialect[], relations: readonly Relation[]): string[] {
  const rows = among.flatMap((dialect) =>
    relations.map((relation) => {
      const counts = (['compatible', 'incompatible', 'unknown'] as const).map((verdict) =>
        tally.verdicts(verdict, relation, dialect),
      );
      const all = counts.reduce((sum, count) => sum + count, 0);
      const unknown = percent(counts[2] ?? 0, all).padStart(9);
      return `${dialect.padEnd(10)}${relation.padEnd(11)}${counts.map((count) => number(count).padStart(13)).join('')}${unknown}`;
    }),
  );
  return [
    `${' '.repeat(21)}${['compatible', 'incompatible', 'unknown', ''].map((name) => name.padStart(13)).join('')}`.trimEnd(),
    ...rows,
  ];
}

/** Causes by number, the most frequent first. */
export function causeLines(causes: ReadonlyMap<string, number>): string[] {
  return [...causes].sort(([, a], [, b]) => b - a).map(([cause, count]) => `${number(count).padStart(9)}  ${cause}`);
}

/** The last line. */
export function summary(tally: Tally, missing: number, seconds: number): string {
  const [compatible, incompatible, unknown] = (['compatible', 'incompatible', 'unknown'] as const).map((verdict) =>
    tally.verdicts(verdict),
  );
  return [
    `${number(tally.pairs)} pairs`,
    `${number(compatible ?? 0)} compatible, ${number(incompatible ?? 0)} incompatible, ${number(unknown ?? 0)} unknown`,
    `${number(tally.contradictionCount)} contradictions`,
    `${number(tally.disputedWitnessCount)} disputed witnesses`,
    ...(missing > 0 ? [`${missing} keywords not met`] : []),
    `${Math.round(seconds)} s`,
  ].join(' · ');
}
