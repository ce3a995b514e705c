import fc from 'fast-check';
import type { Json } from '../../../generator/src/schema/ast.ts';

/**
 * Schemas and instances over so few names, types and constants that they often meet: what is declared, defaulted,
 * tagged, looked at and enumerated overlaps as much as it can.
 */
const name = fc.constantFrom('a', 'b', 't', 'xa');
const scalar = fc.constantFrom<Json>(null, true, 0, 1, 2, 'a', 'b', '');
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 2 });
const count = fc.constantFrom(0, 1, 2);
const pattern = fc.constantFrom('^x', 'a', 'b$');

export const instances: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

export interface SchemaShape {
  /** With `unevaluated*` and `$ref`. */
  readonly everything: boolean;
}

/** Draft 2020-12. */
export function schemas({ everything }: SchemaShape): fc.Arbitrary<Json> {
  const { schema } = fc.letrec<{ schema: Json; leaf: Json; tagged: Json }>((tie) => {
    const child = tie('schema');
    const map = fc.dictionary(name, child, { minKeys: 1, maxKeys: 3 });
    const list = fc.array(child, { minLength: 1, maxLength: 2 });
    const keywords: [string, fc.Arbitrary<Json>][] = [
      ['type', fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 2 }))],
      ['properties', map],
      ['properties', map],
      ['required', names],
      ['patternProperties', fc.dictionary(pattern, child, { minKeys: 1, maxKeys: 2 })],
      ['additionalProperties', fc.oneof(fc.boolean(), child)],
      ['propertyNames', fc.constantFrom<Json>({ pattern: '^[ab]' }, { enum: ['a', 'b'] }, { maxLength: 1 })],
      ['minProperties', count],
      ['maxProperties', count],
      ['dependentRequired', fc.dictionary(name, names, { minKeys: 1, maxKeys: 1 })],
      ['dependentSchemas', fc.dictionary(name, child, { minKeys: 1, maxKeys: 1 })],
      ['items', child],
      ['prefixItems', list],
      ['contains', child],
      ['minContains', count],
      ['maxContains', count],
      ['minItems', count],
      ['maxItems', count],
      ['uniqueItems', fc.constant(true)],
      ['enum', fc.array(instances, { minLength: 1, maxLength: 3 })],
      ['const', instances],
      ['minimum', count],
      ['exclusiveMaximum', count],
      ['multipleOf', fc.constantFrom(1, 2, 0.5)],
      ['minLength', count],
      ['maxLength', count],
      ['pattern', pattern],
      ['allOf', list],
      ['anyOf', list],
      ['oneOf', list],
      ['not', child],
      ['if', child],
      ['default', instances],
      ['default', instances],
    ];
    // Names that make a literal look like a promise to some tools.
    const branches: [string, fc.Arbitrary<Json>][] = ['then', 'else'].map((keyword) => [keyword, child]);
    if (everything) {
      keywords.push(
        ['unevaluatedProperties', fc.oneof(fc.constant(false), child)],
        ['unevaluatedItems', fc.oneof(fc.constant(false), child)],
        ['$ref', fc.constantFrom('#/$defs/r', '#/$defs/s')],
      );
    }
    // Ajv lets the empty array pass when one schema holds both `prefixItems` and `contains`.
    const some = fc
      .subarray(keywords, { minLength: 1, maxLength: 4 })
      .map((picked) =>
        picked.filter(([keyword]) => keyword !== 'contains' || !picked.some(([k]) => k === 'prefixItems')),
      )
      .filter((picked) => picked.length > 0);
    const object = some.chain((picked) =>
      fc.record(Object.fromEntries([...picked, ...(picked.some(([keyword]) => keyword === 'if') ? branches : [])])),
    );
    const branch = fc.tuple(map, fc.option(child)).map(([properties, rest]): { [key: string]: Json } => ({
      properties,
      ...(rest === null ? {} : { additionalProperties: rest }),
    }));
    const tagged = fc.tuple(fc.constantFrom('anyOf', 'oneOf'), branch, branch).map(([keyword, left, right]): Json => {
      const tag = (part: { [key: string]: Json }, value: Json): Json => {
        const own = part.properties;
        const properties = typeof own === 'object' && own !== null && !Array.isArray(own) ? own : {};
        return { type: 'object', ...part, properties: { ...properties, t: { const: value } }, required: ['t'] };
      };
      return { [keyword]: [tag(left, 1), tag(right, 2)] };
    });
    return {
      leaf: fc.oneof(
        fc.constantFrom<Json>(true, false, {}, { type: 'object' }),
        type.map((each) => ({ type: each })),
      ),
      tagged,
      schema: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        { arbitrary: tie('leaf'), weight: 2 },
        { arbitrary: object, weight: 5 },
        { arbitrary: tie('tagged'), weight: 1 },
      ),
    };
  });
  if (!everything) return schema;
  // References lead only inwards, so that nothing refers to itself without going into a member.
  const inner = schemas({ everything: false });
  return fc.tuple(schema, inner, inner).map(([root, r, s]): Json => {
    if (typeof root !== 'object' || root === null || Array.isArray(root)) return root;
    const next =
      typeof s === 'object' && s !== null && !Array.isArray(s) ? { ...s, properties: { a: { $ref: '#/$defs/r' } } } : s;
    return { ...root, $defs: { r, s: next } };
  });
}
