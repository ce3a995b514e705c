import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askAvsc, compareAvro, sameTypes } from '../../../generator/src/schema/avro/index.ts';
import { misreads } from '../../../generator/src/schema/avro/read.ts';
import { avro } from './asked.ts';
import { aValueOf, pair, schema } from './random-schemas.ts';

const runs = { numRuns: 1_000 };

test('every schema reads what it wrote, without a loss that a copy of it would not have', () => {
  fc.assert(
    fc.property(schema, (raw) => {
      expect(compareAvro(avro(raw), avro(raw))).toEqual({ verdict: 'compatible', losses: [] });
      expect(sameTypes(avro(raw).root, avro(structuredClone(raw)).root)).toBe(true);
    }),
    runs,
  );
});

test('the verdict is that of avsc, where names are whole and no logical type is in the way', () => {
  let [yes, no] = [0, 0];
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [writer, reader] = [avro(a), avro(b)];
      const { verdict } = compareAvro(writer, reader);
      const { says } = askAvsc(writer, reader);
      expect([verdict, says]).toEqual(verdict === 'compatible' ? ['compatible', 'reads'] : ['incompatible', 'refuses']);
      if (verdict === 'compatible') yes += 1;
      else no += 1;
    }),
    runs,
  );
  expect(Math.min(yes, no)).toBeGreaterThan(200);
});

test('what is compatible is read, value by value; what is not, is shown by a value that is not', () => {
  fc.assert(
    fc.property(pair, fc.array(fc.nat(1_000), { minLength: 200, maxLength: 200 }), ([a, b], choices) => {
      const [writer, reader] = [avro(a), avro(b)];
      const verdict = compareAvro(writer, reader);
      if (verdict.verdict === 'incompatible') {
        for (const { witness, kind, path } of verdict.incompatibilities) {
          if (witness === undefined) continue;
          expect([...misreads(writer.root, reader.root, witness)]).toContainEqual({ kind, path });
          expect(askAvsc(writer, reader, witness).says).toBe('refuses');
        }
        return;
      }
      for (let tries = 0; tries < 4; tries++) {
        const value = aValueOf(writer.root, () => choices.pop() ?? 0);
        if (value === undefined) continue;
        expect([...misreads(writer.root, reader.root, value)]).toEqual([]);
        expect(askAvsc(writer, reader, value)).toEqual({ says: 'reads' });
      }
    }),
    runs,
  );
});
