import { expect, test } from 'vitest';
import { redact } from '../../../generator/src/checker/payload/redact.ts';
import { listed, printBytes, printDuration, printNumber } from '../../../generator/src/checker/quantities.ts';
import { sameJson, sameSchema } from '../../../generator/src/checker/same-schema.ts';
import { compareVersions, nextMinor, versionStep } from '../../../generator/src/checker/versions.ts';
import { type Json, parseSchema, type SchemaNode } from '../../../generator/src/schema/index.ts';

test.each([
  [0, '0ms'],
  [999, '999ms'],
  [90_000, '1m 30s'],
  [86_400_000 * 21, '21d'],
  [86_400_000 * 1.5, '1d 12h'],
  [3_599_999, '1h'],
  [59_600, '1m'],
  [86_400_000 * 7 - 1, '7d'],
  [Number.POSITIVE_INFINITY, 'forever'],
])('%d ms reads %s', (ms, text) => {
  expect(printDuration(ms)).toBe(text);
});

test('numbers are rounded for reading', () => {
  expect([1_080_000, 12.34, 1.234, 0].map(printNumber)).toEqual(['1,080,000', '12.3', '1.23', '0']);
  expect([999, 1000, 1_500_000].map(printBytes)).toEqual(['999 B', '1 KB', '1.5 MB']);
  expect([listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['a', 'a, b and c']);
});

test.each([
  ['1.2.0', '1.10.0', 'minor', -1],
  ['1.2.3', '1.2.4', 'patch', -1],
  ['1.2.3', '2.0.0', 'major', -1],
  ['1.2.3', '1.2.3', 'none', 0],
  ['1.2.3', '1.2.3+build', 'none', 0],
  ['1.3.0', '1.2.9', 'none', 1],
  ['1.3.0-rc.2', '1.3.0-rc.10', 'patch', -1],
  ['1.3.0-rc.1', '1.3.0', 'patch', -1],
] as const)('from %s to %s is a %s step', (before, after, step, order) => {
  expect(versionStep(before, after)).toBe(step);
  expect(Math.sign(compareVersions(before, after))).toBe(order);
});

test('the next minor forgets the patch', () => {
  expect(nextMinor('1.2.3')).toBe('1.3.0');
});

function root(raw: Json): SchemaNode {
  const [schema] = parseSchema(raw, { dialect: '2020-12' });
  if (!schema) throw new Error('the schema does not parse');
  return schema.root;
}

test.each<[what: string, a: Json, b: Json, same: boolean]>([
  ['order of keys', { type: 'object', minProperties: 1 }, { minProperties: 1, type: 'object' }, true],
  ['order of required', { required: ['a', 'b'] }, { required: ['b', 'a'] }, true],
  [
    '$ref against inline',
    { properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { type: 'string' } } },
    { properties: { a: { type: 'string' } } },
    true,
  ],
  ['a description', { type: 'string', description: 'a' }, { type: 'string', description: 'b' }, true],
  ['recursive', { properties: { n: { $ref: '#' } } }, { properties: { n: { $ref: '#' } } }, true],
  ['values that look like nodes', { enum: [{ at: 1 }] }, { enum: [{ at: 2 }] }, false],
  ['a limit', { maxLength: 1 }, { maxLength: 2 }, false],
  ['a default', { default: 1 }, { default: 2 }, false],
  [
    'order of branches',
    { anyOf: [{ type: 'string' }, { type: 'null' }] },
    { anyOf: [{ type: 'null' }, { type: 'string' }] },
    false,
  ],
  ['one property more', { properties: { a: true } }, { properties: { a: true, b: true } }, false],
  [
    'recursion that differs below',
    { properties: { n: { $ref: '#' }, a: { type: 'string' } } },
    { properties: { n: { $ref: '#' }, a: { type: 'null' } } },
    false,
  ],
])('same text: %s', (_, a, b, same) => {
  expect(sameSchema(root(a), root(b), false)).toBe(same);
  expect(sameSchema(root(b), root(a), false)).toBe(same);
});

test('a description counts where it is asked for', () => {
  expect(sameSchema(root({ description: 'a' }), root({ description: 'b' }), true)).toBe(false);
});

test('names like __proto__ are names', () => {
  expect(sameJson(JSON.parse('{"__proto__": 1}'), {})).toBe(false);
  expect(sameJson(JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}'))).toBe(true);
});

test('what is classified is blacked out, in a copy', () => {
  const event = { id: 1, who: { email: 'a@example.org', tags: ['x', 'y'] } };
  const marked = redact(event, [
    { pointer: '/who/email', kind: 'personal' },
    { pointer: '/who/tags/1', kind: 'secret' },
    { pointer: '/nowhere', kind: 'secret' },
  ]);
  expect(marked).toEqual({ id: 1, who: { email: '[personal]', tags: ['x', '[secret]'] } });
  expect(event.who.email).toBe('a@example.org');
});
