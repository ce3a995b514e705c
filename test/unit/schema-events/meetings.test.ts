import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accepts,
  compare,
  confirm,
  emits,
  type Handling,
  isValid,
  type Json,
  type Meeting,
  parseSchema,
  type Schema,
} from '../../../generator/src/schema/index.ts';
import { instances, schemas } from './random-schemas.ts';

function parsed(raw: unknown): Schema {
  const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
  if (schema === undefined) throw new Error(JSON.stringify(problems));
  return schema;
}

const handlings: readonly Handling[] = ['generated', 'hand-written'];
const meetings: readonly Meeting[] = handlings.flatMap((producer) =>
  handlings.map((consumer) => ({ producer, consumer })),
);

/** Verdicts in the order of `meetings`: producer and consumer generated, the producer only, the consumer only, neither. */
function verdicts(old: unknown, next: unknown): string {
  return meetings
    .map((relation) => compare(parsed(old), parsed(next), { relation }).verdict)
    .map((verdict) => ({ compatible: 'y', incompatible: 'n', unknown: '?' })[verdict])
    .join(' ');
}

const order = (properties: object, more: object = {}): object => ({
  type: 'object',
  properties: { id: { type: 'string' }, ...properties },
  required: ['id'],
  ...more,
});
const note = { note: { type: 'string' } };
const count = { count: { type: 'integer', default: 1 } };
const either = order({ a: { type: 'integer', default: 1 }, b: { type: 'integer' } }, { not: { required: ['a', 'b'] } });

test.each<[change: string, old: object, next: object, forth: string, back: string]>([
  ['a name is declared', order({}), order(note), 'y y n n', 'y y y y'],
  ['the schema is closed', order({}), order({}, { additionalProperties: false }), 'y y y n', 'y y y y'],
  ['a required field with a default', order({}), order(count, { required: ['id', 'count'] }), 'y n n n', 'y y y y'],
  ['a default is all there is', order({ count: { type: 'integer' } }), order(count), 'y y y y', 'y y y y'],
  ['a filled field becomes required', order(count), order(count, { required: ['id', 'count'] }), 'y y y n', 'y y y y'],
  [
    'a filled field loses its default',
    order(count),
    order({ count: { type: 'integer' } }, { required: ['id', 'count'] }),
    'y y n n',
    'y y y y',
  ],
  ['a required field', order({}), order(note, { required: ['id', 'note'] }), 'n n n n', 'y y y y'],
  ['nothing changes, but a default excludes a valid event', either, structuredClone(either), 'y y n y', 'y y n y'],
])('%s', (_, old, next, forth, back) => {
  expect([verdicts(old, next), verdicts(next, old)]).toEqual([forth, back]);
});

test('no instance contradicts a verdict, and every witness is one that the sides deal with so', {
  timeout: 120_000,
}, () => {
  const many = fc.array(instances, { minLength: 40, maxLength: 40 });
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(schemas({ everything: false }), schemas({ everything: false }), many, (left, right, values) => {
      const [narrow, wide] = [parsed({ allOf: [left, right] }), parsed(left)];
      for (const relation of meetings) {
        const { producer, consumer } = relation;
        for (const [old, next] of [[narrow, wide] as const, [wide, narrow] as const]) {
          const breaks = (value: Json): boolean =>
            (producer === 'generated' ? emits(old, value) : isValid(old.root, value, old)) &&
            !(consumer === 'generated' ? accepts(next, value) : isValid(next.root, value, next));
          const verdict = compare(old, next, { relation, budgetMs: 200 });
          const key = `${producer} ${consumer} ${verdict.verdict}`;
          seen.set(key, (seen.get(key) ?? 0) + 1);
          if (verdict.verdict === 'compatible') expect(values.filter(breaks)).toEqual([]);
          if (verdict.verdict !== 'incompatible') continue;
          expect(breaks(verdict.witness)).toBe(true);
          expect(confirm(old, next, verdict.witness, relation)).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
  for (const { producer, consumer } of meetings) {
    const of = (verdict: string): number => seen.get(`${producer} ${consumer} ${verdict}`) ?? 0;
    expect(Math.min(of('compatible'), of('incompatible'))).toBeGreaterThan(10);
    expect(of('unknown')).toBeLessThan(12);
  }
});
