import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptsNode } from '../../../generator/src/schema/accepts-node.ts';
import type { Json, Schema } from '../../../generator/src/schema/ast.ts';
import { compare } from '../../../generator/src/schema/compare.ts';
import { contains } from '../../../generator/src/schema/contains.ts';
import { emitsNode } from '../../../generator/src/schema/emits-node.ts';
import { accepts, emits } from '../../../generator/src/schema/events-relation.ts';
import { parseSchema } from '../../../generator/src/schema/parse.ts';
import { isValid } from '../../../generator/src/schema/validate.ts';
import { instances, schemas } from './random-schemas.ts';

function parsed(raw: Json): Schema {
  const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
  if (schema === undefined) throw new Error(JSON.stringify(problems));
  return schema;
}

const many = fc.array(instances, { minLength: 40, maxLength: 40 });

test('every schema is compatible with itself, also by proof', { timeout: 120_000 }, () => {
  let proved = 0;
  const runs = 100;
  fc.assert(
    fc.property(schemas({ everything: true }), (raw) => {
      const schema = parsed(raw);
      expect(compare(schema, parsed(structuredClone(raw)), { relation: 'events' })).toEqual({ verdict: 'compatible' });
      const { node, inexact } = acceptsNode(schema, 'under');
      if (inexact.length > 0) return;
      const emitted = emitsNode(schema);
      const answer = contains(emitted, node, { assertFormats: false, budgetMs: 200 });
      if (answer.contained === true) proved++;
      // A witness is only a proposal; here none can stand.
      if (answer.contained === false) {
        const { witness } = answer;
        expect([isValid(emitted, witness, schema), isValid(node, witness, schema)]).not.toEqual([true, false]);
      }
    }),
    { numRuns: runs },
  );
  expect(proved).toBeGreaterThan(runs * 0.8);
});

test('no instance contradicts a verdict on two schemas', { timeout: 120_000 }, () => {
  const verdicts = { compatible: 0, incompatible: 0, unknown: 0 };
  fc.assert(
    fc.property(schemas({ everything: false }), schemas({ everything: false }), many, (left, right, values) => {
      // Two schemas that have something in common: one adds to the other.
      const [old, next] = [parsed(left), parsed({ allOf: [left, right] })];
      for (const [before, after] of [[old, next] as const, [next, old] as const]) {
        const verdict = compare(before, after, { relation: 'events', budgetMs: 200 });
        verdicts[verdict.verdict]++;
        if (verdict.verdict === 'compatible') {
          for (const value of values) {
            expect(emits(before, value) && !accepts(after, value), JSON.stringify(value)).toBe(false);
          }
        } else if (verdict.verdict === 'incompatible') {
          expect([emits(before, verdict.witness), accepts(after, verdict.witness)]).toEqual([true, false]);
        }
      }
    }),
    { numRuns: 80 },
  );
  expect(verdicts.unknown).toBeLessThan(verdicts.compatible);
  expect(verdicts.unknown).toBeLessThan(verdicts.incompatible);
});
