import { expect, test } from 'vitest';
import { compare, type Json, parseSchema, type Relation, type Schema } from '../../../generator/src/schema/index.ts';
import { compareAll } from '../../fuzz/compare-all.ts';
import { Coverage } from '../../fuzz/coverage.ts';

function coverageOf(relation: Relation, ...schemas: readonly Json[]): Coverage {
  const judged = schemas.map((raw, index) => {
    const schema = parseSchema(raw, { dialect: '2020-12' })[0] as Schema;
    return { schema, index, family: 0, meaning: index, court: undefined };
  });
  const coverage = new Coverage();
  coverage.note('2020-12', compareAll(judged, relation, compare), compare);
  return coverage;
}

test('a keyword turns a verdict when there is another one without it', () => {
  const coverage = coverageOf('inclusion', { type: 'integer', title: 'a' }, { type: 'integer', minimum: 1 });
  expect(coverage.cell('2020-12', 'minimum', 'incompatible')).toEqual({ met: 1, turned: true });
  expect(coverage.cell('2020-12', 'minimum', 'compatible')).toEqual({ met: 2, turned: false });
  expect(coverage.cell('2020-12', 'type', 'compatible')).toEqual({ met: 3, turned: true });
  expect(coverage.cell('2020-12', 'title', 'incompatible')).toEqual({ met: 1, turned: false });
  expect(coverage.cell('2020-12', 'maximum', 'compatible')).toEqual({ met: 0, turned: false });
});

test('a keyword turns a verdict when nothing could be judged without it', () => {
  const coverage = coverageOf('inclusion', { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, { type: 'string' });
  expect(coverage.cell('2020-12', '$defs', 'compatible').turned).toBe(true);
});

test('what turned no verdict is said of keywords that can, and what was not met of all', () => {
  const withDefault = { properties: { a: { type: 'integer', default: 1 } }, required: ['a'] };
  const before = { properties: { a: { type: 'integer' } } };
  const unturned = (relation: Relation) => coverageOf(relation, before, withDefault).unturned(['2020-12'], [relation]);
  expect(unturned('events').get('title')).toBeUndefined();
  expect(unturned('events').get('default')).toEqual(['2020-12 incompatible']);
  expect(unturned('inclusion').get('default')).toBeUndefined();
  expect(unturned('inclusion').get('required')).toEqual(['2020-12 compatible']);
  const unmet = coverageOf('events', before, withDefault).unmet(['2020-12']);
  expect(unmet.get('title')).toEqual(['2020-12 compatible', '2020-12 incompatible']);
  expect(unmet.get('type')).toEqual(['2020-12 incompatible']);
});

test('the table has a line for each keyword of the dialects', () => {
  const lines = coverageOf('inclusion', { type: 'integer' }, { type: 'number' }).table(['2020-12']);
  expect(lines).toContain('type                            3   1/1          1   1/1        0');
  expect(lines.some((line) => line.startsWith('additionalItems'))).toBe(false);
});
