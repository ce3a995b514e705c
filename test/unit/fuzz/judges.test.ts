import { expect, test } from 'vitest';
import type { Dialect, Json } from '../../../generator/src/schema/index.ts';
import { convene } from '../../fuzz/judges/judge.ts';

async function said(dialect: Dialect, raw: Json, value: Json, assertFormats = false) {
  const court = await convene({ raw, dialect, assertFormats });
  if ('unjudged' in court) throw new Error(court.unjudged);
  return { answer: court.ask(value), ...court.opinions(value) };
}

const valid = { answer: 'valid', ajv: true, hyperjump: true };
const invalid = { answer: 'invalid', ajv: false, hyperjump: false };

test('both judges know what others get wrong', async () => {
  const text = { type: 'string' };
  expect(await said('draft-07', { $ref: '#/definitions/a', minLength: 3, definitions: { a: text } }, 'x')).toEqual(
    valid,
  );
  expect(await said('2019-09', { $ref: '#/$defs/a', minLength: 3, $defs: { a: text } }, 'x')).toEqual(invalid);
  expect(await said('2020-12', { contains: false, minContains: 0 }, [1])).toEqual(valid);
  expect(await said('2020-12', { contains: { const: 1 }, unevaluatedItems: false }, [1])).toEqual(valid);
  expect(await said('2020-12', { multipleOf: 0.1 }, 0.3)).toEqual(valid);
  expect(await said('2020-12', { multipleOf: 0.1 }, -0.3)).toEqual(valid);
  expect(await said('2020-12', { multipleOf: 0.5 }, 0.3)).toEqual(invalid);
  expect(await said('2020-12', { multipleOf: 1e-7 }, 1e21)).toEqual(valid);
  expect(await said('2020-12', { maxLength: 1, pattern: '^.$' }, '😀')).toEqual(valid);
  expect(await said('2020-12', { properties: { constructor: { type: 'number' } } }, {})).toEqual(valid);
  expect(await said('2020-12', { required: ['constructor'] }, {})).toEqual(invalid);
  expect(await said('2020-12', { required: [''] }, {})).toEqual(invalid);
  expect(await said('2020-12', { prefixItems: [{ const: 1 }], contains: { const: 2 } }, [])).toEqual(invalid);
  expect(await said('draft-04', { minimum: 1, exclusiveMinimum: true }, 1)).toEqual(invalid);
  expect(await said('2020-12', { dependencies: { a: ['b'] } }, { a: 1 })).toEqual(invalid);
});

test('a format is an assertion only where the schema says so', async () => {
  expect(await said('draft-07', { format: 'ipv4' }, '1')).toEqual(valid);
  expect(await said('draft-07', { format: 'ipv4' }, '1', true)).toEqual(invalid);
  expect(await said('draft-07', { format: 'ipv4' }, '1')).toEqual(valid);
});

test('where they do not agree, nothing is decided', async () => {
  // Before 2020-12 an item that `contains` found does not count as evaluated; to Ajv it does.
  const contains = await said('2019-09', { contains: { const: 1 }, unevaluatedItems: false }, [1]);
  expect(contains).toEqual({ answer: 'disputed', ajv: true, hyperjump: false });
  // To Ajv 2 ** 53 - 3 is a multiple of 1.5: the quotient is too large to have a fraction.
  const large = await said('2020-12', { multipleOf: 1.5 }, 9007199254740989);
  expect(large).toEqual({ answer: 'disputed', ajv: true, hyperjump: false });
  // It divides with a tolerance.
  const close = await said('2020-12', { multipleOf: 0.1 }, 6.1000000000000005);
  expect(close).toEqual({ answer: 'disputed', ajv: true, hyperjump: false });
});

test('a schema that one of them cannot read has no judges', async () => {
  const court = await convene({ raw: { $ref: '#/$defs/nowhere' }, dialect: '2020-12', assertFormats: false });
  expect(court).toEqual({ unjudged: expect.stringMatching(/^ajv: can't resolve reference #\/\$defs\/nowhere/) });
});
