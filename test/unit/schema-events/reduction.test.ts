import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptsNode } from '../../../generator/src/schema/accepts-node.ts';
import type { Json, Schema } from '../../../generator/src/schema/ast.ts';
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

test('the reduction of emits says what the interpreters say', { timeout: 120_000 }, () => {
  let seen = 0;
  fc.assert(
    fc.property(schemas({ everything: true }), many, (raw, values) => {
      const schema = parsed(raw);
      const node = emitsNode(schema);
      for (const value of values) {
        const said = emits(schema, value);
        if (said) seen++;
        expect(isValid(node, value, schema), JSON.stringify(value)).toBe(said);
      }
    }),
    { numRuns: 250 },
  );
  expect(seen).toBeGreaterThan(200);
});

test('the reduction of accepts says what the interpreters say, or bounds it', { timeout: 120_000 }, () => {
  let exact = 0;
  let bounded = 0;
  fc.assert(
    fc.property(schemas({ everything: true }), many, (raw, values) => {
      const schema = parsed(raw);
      const under = acceptsNode(schema, 'under');
      const over = acceptsNode(schema, 'over');
      if (under.inexact.length === 0) exact++;
      else bounded++;
      for (const value of values) {
        const said = accepts(schema, value);
        const text = `${JSON.stringify(value)} ${under.inexact.join()}`;
        if (under.inexact.length === 0) expect(isValid(under.node, value, schema), text).toBe(said);
        else if (said) expect(isValid(over.node, value, schema), text).toBe(true);
        else expect(isValid(under.node, value, schema), text).toBe(false);
      }
    }),
    { numRuns: 250 },
  );
  expect(exact).toBeGreaterThan(bounded);
});

test('what holds of the rest of a tuple does not hold of its slots', () => {
  const schema = parsed({ prefixItems: [{ default: null }], items: { unevaluatedProperties: false } });
  const node = emitsNode(schema);
  expect([[{ a: 1 }], [{ a: 1 }, {}], [{ a: 1 }, { a: 1 }]].map((value) => isValid(node, value, schema))).toEqual([
    true,
    true,
    false,
  ]);
});

test('counting the members that patterns declare', () => {
  const schema = parsed({ properties: { a: true }, patternProperties: { '^x': true }, minProperties: 1 });
  const { node, inexact } = acceptsNode(schema, 'under');
  expect(inexact).toEqual([]);
  expect([{}, { b: 1 }, { a: 1 }, { x1: 1, b: 1 }].map((value) => isValid(node, value, schema))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
