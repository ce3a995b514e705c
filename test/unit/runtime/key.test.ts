import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, payloadHash } from '../../../runtime/src/envelope/canonical-json.ts';
import { compileIdempotencyKey, compileKey } from '../../../runtime/src/envelope/key.ts';
import { murmur2, partitionOf } from '../../../runtime/src/envelope/murmur2.ts';
import { compilePointer, valuesAt } from '../../../runtime/src/envelope/pointer.ts';

describe('canonical key bytes: golden vectors, never to be changed', () => {
  test.each([
    [['/id'], undefined, { id: 'o-1' }, 'o-1'],
    [['/id'], undefined, { id: 'Zoë 🦊' }, 'Zoë 🦊'],
    [['/id'], undefined, { id: '' }, ''],
    [['/id'], undefined, { id: 42 }, '42'],
    [['/id'], undefined, { id: -0 }, '0'],
    [['/id'], undefined, { id: 1.5 }, '1.5'],
    [['/id'], undefined, { id: 1e21 }, '1e+21'],
    [['/id'], undefined, { id: 9007199254740991 }, '9007199254740991'],
    [['/id'], undefined, { id: true }, 'true'],
    [['/a', '/b'], undefined, { a: 'x', b: 1 }, '["x",1]'],
    [['/a', '/b'], undefined, { a: 'say "hi"', b: 'ü' }, '["say \\"hi\\"","ü"]'],
    [['/a/b', '/c~1d'], undefined, { a: { b: 'deep' }, 'c/d': 'slash' }, '["deep","slash"]'],
    [['/lines/0/sku'], undefined, { lines: [{ sku: 's-1' }] }, 's-1'],
    [['/id'], 8, { id: 'star' }, '["star",2]'],
    [['/a', '/b'], 1, { a: 'x', b: 'y' }, '["x","y",0]'],
  ] as const)('%j %s of %j', (fields, buckets, event, bytes) => {
    const key = compileKey({ fields, ...(buckets === undefined ? {} : { buckets }) })(event, 'event-1');
    expect(key).toBe(bytes);
    expect(Buffer.from(String(key)).toString('utf8')).toBe(bytes);
  });

  test.each([
    [{}, '/id'],
    [{ id: null }, '/id'],
    [{ id: {} }, '/id'],
    [{ id: ['a'] }, '/id'],
    [{ id: Number.NaN }, '/id'],
  ])('%j has no key', (event, missing) => {
    expect(compileKey({ fields: ['/id'] })(event, 'e')).toEqual({ missing });
    expect(compileKey({ fields: ['/id', '/id'] })(event, 'e')).toEqual({ missing });
  });

  test('the same event falls into the same bucket, others spread', () => {
    const key = compileKey({ fields: ['/id'], buckets: 4 });
    const buckets = new Set(Array.from({ length: 100 }, (_, i) => key({ id: 'star' }, `event-${i}`)));
    expect(buckets.size).toBe(4);
    expect(key({ id: 'star' }, 'event-7')).toBe(key({ id: 'star' }, 'event-7'));
  });

  test('an idempotency key of two fields cannot be told for another pair', () => {
    const key = compileIdempotencyKey(['/a', '/b']);
    expect(key({ a: 'x","y', b: 'z' })).not.toBe(key({ a: 'x', b: 'y","z' }));
  });
});

describe('murmur2 as in Java', () => {
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('%s', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  test('a partition is always one of those there are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 100 }), (key, count) => {
        const partition = partitionOf(key, count);
        expect(partition >= 0 && partition < count).toBe(true);
      }),
    );
  });
});

describe('pointers', () => {
  test('reach own members only', () => {
    expect(compilePointer('/__proto__')({})).toBeUndefined();
    expect(compilePointer('/constructor/name')({})).toBeUndefined();
    expect(compilePointer('/__proto__')(JSON.parse('{"__proto__":"own"}'))).toBe('own');
    expect(compilePointer('/a/b')({ a: 'text' })).toBeUndefined();
    expect(compilePointer('')('whole')).toBe('whole');
  });

  test('a star stands for every item and member', () => {
    expect(valuesAt({ lines: [{ sku: 'a' }, { sku: 'b' }, {}] }, '/lines/*/sku')).toEqual(['a', 'b']);
    expect(valuesAt({ by: { x: 1, y: 2 } }, '/by/*')).toEqual([1, 2]);
  });
});

describe('payload hash', () => {
  test('does not depend on the order of members or on white space', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 2);
        const reversed = JSON.parse(text, (_, inner: unknown) =>
          typeof inner === 'object' && inner !== null && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).reverse())
            : inner,
        );
        expect(canonicalJson(reversed)).toBe(canonicalJson(JSON.parse(text)));
      }),
    );
  });

  test('tells values apart', () => {
    const none = new Uint8Array();
    expect(payloadHash({ a: 1 }, none)).not.toEqual(payloadHash({ a: '1' }, none));
    expect(payloadHash([1, 2], none)).not.toEqual(payloadHash([2, 1], none));
    expect(payloadHash(null, none)).toHaveLength(32);
  });
});
