import fc from 'fast-check';
import type { Json } from '../../../generator/src/schema/index.ts';
import { conditional } from './asked.ts';

/** Random schemas of 2020-12 over a small vocabulary, so that two of them meet often; and instances that may hit them. */
const names = ['a', 'b', 'ab', 'x-1'];
const name = fc.constantFrom(...names);
const pattern = fc.constantFrom('^a', 'b$', '.*', '^[ab]$', '^(?!a)b*');
const scalar = fc.constantFrom<Json[]>(null, true, false, 0, 1, 2, 0.5, -1, '', 'a', 'ab');
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object', 'array', 'object');

export const instance: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names, 'zz'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

export const schema: fc.Arbitrary<unknown> = fc.letrec<{ schema: unknown; keyword: object }>((tie) => {
  const sub = tie('schema');
  const some = fc.array(sub, { minLength: 1, maxLength: 2 });
  const members = fc.dictionary(name, sub, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
  const count = fc.nat(3);
  const keyword = fc.oneof(
    fc.record({ type: fc.oneof(type, fc.uniqueArray(type, { minLength: 2, maxLength: 3 })) }),
    fc.record({ enum: fc.array(instance, { minLength: 1, maxLength: 3 }) }),
    fc.record({ minimum: scalar.filter((v) => typeof v === 'number') }),
    fc.record({ exclusiveMaximum: scalar.filter((v) => typeof v === 'number') }),
    fc.record({ multipleOf: fc.constantFrom(1, 2, 0.5, 3) }),
    fc.record({ minLength: count }),
    fc.record({ maxLength: count, pattern }),
    fc.record({ items: sub }),
    fc.record({ prefixItems: some, items: sub }, { requiredKeys: ['prefixItems'] }),
    fc.record({ minItems: count, uniqueItems: fc.boolean() }),
    fc.record({ maxItems: count }),
    fc.record({ contains: sub, minContains: count, maxContains: count }, { requiredKeys: ['contains'] }),
    fc.record({ properties: members }),
    fc.record({ properties: members, additionalProperties: sub }),
    fc.record(
      {
        patternProperties: fc.dictionary(pattern, sub, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
        additionalProperties: sub,
      },
      { requiredKeys: ['patternProperties'] },
    ),
    fc.record({ required: fc.uniqueArray(name, { maxLength: 2 }) }),
    fc.record({ minProperties: count }),
    fc.record({ maxProperties: count }),
    fc.record({ propertyNames: fc.record({ pattern }) }),
    fc.record({ dependentSchemas: members }),
    fc.record({
      dependentRequired: fc.dictionary(name, fc.array(name, { maxLength: 1 }), { maxKeys: 1, noNullPrototype: true }),
    }),
    fc.record({ unevaluatedProperties: sub }),
    fc.record({ unevaluatedItems: sub }),
    fc.record({ allOf: some }),
    fc.record({ anyOf: some }),
    fc.record({ oneOf: some }),
    fc.record({ not: sub }),
    fc.tuple(sub, sub, sub).map(([test, yes, no]) => conditional(test, yes, no)),
    fc.constant({ properties: { a: { $ref: '#' } } }),
  );
  return {
    keyword,
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom<unknown[]>(true, false, { type: 'integer' }, { type: 'string' }, { const: 1 }, { maxLength: 1 }),
      fc.array(keyword, { minLength: 1, maxLength: 3 }).map((parts) => Object.assign({}, ...parts)),
    ),
  };
}).schema;
