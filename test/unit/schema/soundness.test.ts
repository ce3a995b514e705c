import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, confirm, findValue, isValid, secondOpinion } from '../../../generator/src/schema/index.ts';
import { parsed, verdictOn } from './asked.ts';
import { instance, schema } from './random-pairs.ts';

const runs = { numRuns: 400 };

/**
 * Where Ajv 8 departs from the standard: `contains` beside `prefixItems` or `unevaluatedItems`, and what nested
 * `unevaluated…` sees. There our reading has nothing to be compared with.
 */
const disputed = /"contains"|"unevaluated/;

/** Wrapped in another schema, a reference to the root means something else. */
const refersToRoot = (raw: unknown): boolean => JSON.stringify(raw).includes('$ref');

test('our validator agrees with Ajv', () => {
  fc.assert(
    fc.property(schema, fc.array(instance, { minLength: 5, maxLength: 5 }), (raw, values) => {
      fc.pre(!disputed.test(JSON.stringify(raw)));
      const read = parsed(raw);
      for (const value of values) expect(isValid(read.root, value, read)).toBe(secondOpinion(read, value));
    }),
    runs,
  );
});

test('no value contradicts a verdict, and every witness is confirmed', () => {
  fc.assert(
    fc.property(schema, schema, fc.array(instance, { minLength: 20, maxLength: 20 }), (a, b, values) => {
      const [old, next] = [parsed(a), parsed(b)];
      const verdict = compare(old, next, { relation: 'inclusion' });
      if (verdict.verdict === 'incompatible') expect(confirm(old, next, verdict.witness, 'inclusion')).toBe(true);
      if (verdict.verdict !== 'compatible') return;
      for (const value of values) {
        if (isValid(old.root, value, old)) expect(isValid(next.root, value, next)).toBe(true);
      }
    }),
    runs,
  );
});

test('what the search finds in one schema is in every schema that contains it', () => {
  const format = { assertFormats: false };
  fc.assert(
    fc.property(schema, schema, fc.array(schema, { minLength: 4, maxLength: 4 }), (a, b, probes) => {
      const [old, next] = [parsed(a), parsed(b)];
      if (compare(old, next, { relation: 'inclusion' }).verdict !== 'compatible') return;
      for (const probe of probes.map((raw) => parsed(raw).root)) {
        for (const demand of [
          { holds: [old.root, probe], fails: [] },
          { holds: [old.root], fails: [probe] },
        ]) {
          const found = findValue(demand, format);
          if (found.kind !== 'value') continue;
          expect(isValid(old.root, found.value, format)).toBe(true);
          expect(isValid(next.root, found.value, format)).toBe(true);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a schema contains each of its narrowings', () => {
  fc.assert(
    fc.property(schema, schema, (a, b) => {
      fc.pre(!refersToRoot(a) && !refersToRoot(b));
      expect(verdictOn({ allOf: [a, b] }, a).verdict).not.toBe('incompatible');
      expect(verdictOn(a, { anyOf: [b, a] }).verdict).not.toBe('incompatible');
    }),
    runs,
  );
});

test('a schema contains itself, however it is wrapped or ordered', () => {
  const reversed = (raw: unknown): unknown => {
    if (Array.isArray(raw)) return raw.map(reversed);
    if (typeof raw !== 'object' || raw === null) return raw;
    return Object.fromEntries(
      Object.entries(raw)
        .reverse()
        .map(([key, value]) => [key, reversed(value)]),
    );
  };
  fc.assert(
    fc.property(schema, (raw) => {
      fc.pre(!refersToRoot(raw));
      const same = [raw, reversed(raw), { allOf: [raw] }, { anyOf: [raw] }, { oneOf: [raw] }];
      same.push({ $ref: '#/$defs/x', $defs: { x: raw } });
      for (const other of same) {
        expect(verdictOn(raw, other)).toEqual({ verdict: 'compatible' });
        expect(verdictOn(other, raw)).toEqual({ verdict: 'compatible' });
      }
    }),
    runs,
  );
});
