import { expect, test } from 'vitest';
import type { Json } from '../../../generator/src/schema/index.ts';
import { shrink } from '../../fuzz/shrink.ts';

test('what both schemas have in common goes first, then what only one has, then the value', async () => {
  const old: Json = { type: 'object', title: 'x', properties: { a: { type: 'number', minimum: 1 }, b: true } };
  const next: Json = { type: 'object', title: 'x', properties: { a: { type: 'number', minimum: 2 }, b: true } };
  const value: Json = { a: 5, b: [1, 2] };
  const smallest = await shrink({ schemas: [old, next], value }, '2020-12', async ({ schemas, value: left }) => {
    const text = JSON.stringify(schemas);
    return text.includes('"minimum":1') && text.includes('"minimum":2') && JSON.stringify(left).includes('"b":');
  });
  expect(smallest).toEqual({ schemas: [{ minimum: 1 }, { minimum: 2 }], value: { b: [] } });
});

test('what cannot be smaller stays', async () => {
  const start = { schemas: [{ required: ['a'], enum: [{ a: 1 }] }], value: { a: 1 } };
  expect(await shrink(start, 'draft-04', async () => false)).toBe(start);
});
