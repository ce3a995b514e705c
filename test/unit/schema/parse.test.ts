import { describe, expect, test } from 'vitest';
import { type Dialect, isValid, type Json, parseSchema } from '../../../generator/src/schema/index.ts';
import { conditional, parsed } from './asked.ts';

const accepts = (raw: unknown, value: Json, dialect: Dialect = '2020-12'): boolean => {
  const schema = parsed(raw, dialect);
  return isValid(schema.root, value, schema);
};

const problemsOf = (raw: unknown, dialect: Dialect = '2020-12'): readonly string[] => {
  const [schema, problems] = parseSchema(raw, { dialect });
  expect(schema).toBeUndefined();
  return problems.map(({ at, message }) => `${at.pointer}: ${message}`);
};

describe('dialects', () => {
  test('a $schema of json-schema.org wins, another one gives way', () => {
    expect(parsed({ $schema: 'http://json-schema.org/draft-04/schema#' }).dialect).toBe('draft-04');
    expect(parsed({ $schema: 'https://json-schema.org/draft/2019-09/schema' }, 'draft-07').dialect).toBe('2019-09');
    expect(parsed({ $schema: 'http://iglucentral.com/schemas/x' }, 'draft-06').dialect).toBe('draft-06');
    expect(problemsOf({ $schema: 'http://json-schema.org/draft-03/schema#' })).toEqual([
      "/$schema: 'http://json-schema.org/draft-03/schema#' is not a dialect from draft-04 to 2020-12.",
    ]);
  });

  test.each<[string, unknown, Json, Dialect, boolean]>([
    ['const is unknown to draft-04', { const: 1 }, 2, 'draft-04', true],
    ['const is known to draft-06', { const: 1 }, 2, 'draft-06', false],
    ['contains is unknown to draft-04', { contains: { type: 'null' } }, [], 'draft-04', true],
    ['propertyNames is unknown to draft-04', { propertyNames: { maxLength: 1 } }, { ab: 1 }, 'draft-04', true],
    ['if is unknown to draft-06', conditional(true, false), 1, 'draft-06', true],
    ['if is known to draft-07', conditional(true, false), 1, 'draft-07', false],
    ['then without if says nothing', conditional(undefined, false, false), 1, 'draft-07', true],
    ['prefixItems is unknown to 2019-09', { prefixItems: [false] }, [1], '2019-09', true],
    ['items as a list is a tuple up to 2019-09', { items: [{ type: 'string' }] }, [1], '2019-09', false],
    ['additionalItems follows a tuple', { items: [true], additionalItems: false }, [1, 2], 'draft-07', false],
    ['additionalItems without a tuple says nothing', { items: true, additionalItems: false }, [1], 'draft-07', true],
    ['unevaluatedProperties is unknown to draft-07', { unevaluatedProperties: false }, { a: 1 }, 'draft-07', true],
    ['unevaluatedProperties is known to 2019-09', { unevaluatedProperties: false }, { a: 1 }, '2019-09', false],
    ['minContains is unknown to draft-07', { contains: { const: 1 }, minContains: 0 }, [], 'draft-07', false],
    ['minContains: 0 switches contains off', { contains: { const: 1 }, minContains: 0 }, [], '2020-12', true],
    ['dependencies with names', { dependencies: { a: ['b'] } }, { a: 1 }, 'draft-07', false],
    ['dependencies with a schema', { dependencies: { a: { required: ['b'] } } }, { a: 1 }, 'draft-07', false],
    ['a boolean exclusiveMinimum in draft-04', { minimum: 1, exclusiveMinimum: true }, 1, 'draft-04', false],
    ['contains evaluates items since 2020-12', { contains: true, unevaluatedItems: false }, [1], '2020-12', true],
    ['contains evaluates nothing in 2019-09', { contains: true, unevaluatedItems: false }, [1], '2019-09', false],
    ['const and enum both hold', { enum: [1, 2], const: 1, allOf: [true] }, 2, '2020-12', false],
  ])('%s', (_, raw, value, dialect, expected) => {
    expect(accepts(raw, value, dialect)).toBe(expected);
  });
});

describe('references', () => {
  test('siblings of $ref are hidden up to draft-07 and hold afterwards', () => {
    const raw = { $ref: '#/definitions/a', maxLength: 1, definitions: { a: { type: 'string' } } };
    expect(accepts(raw, 'ab', 'draft-07')).toBe(true);
    expect(accepts(raw, 'ab', '2019-09')).toBe(false);
  });

  test.each<[string, unknown]>([
    ['a pointer', { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }],
    ['an escaped pointer', { $ref: '#/$defs/a~1b%25~0', $defs: { 'a/b%~': { type: 'string' } } }],
    ['an anchor', { $ref: '#a', $defs: { x: { $anchor: 'a', type: 'string' } } }],
    ['an identifier', { $id: 'http://x.test/r', $ref: 'a', $defs: { x: { $id: 'a', type: 'string' } } }],
    ['a pointer into an unknown keyword', { $ref: '#/kept/a', kept: { a: { type: 'string' } } }],
    ['a dynamic anchor', { $dynamicRef: '#a', $defs: { x: { $dynamicAnchor: 'a', type: 'string' } } }],
  ])('%s is followed', (_, raw) => {
    expect([accepts(raw, 'x'), accepts(raw, 1)]).toEqual([true, false]);
  });

  test('an $id of old drafts may be an anchor', () => {
    const raw = { properties: { a: { $ref: '#s' } }, definitions: { x: { $id: '#s', type: 'string' } } };
    expect(accepts(raw, { a: 1 }, 'draft-07')).toBe(false);
  });

  test('$ref inside enum, const, default and examples is data', () => {
    const data = { $ref: '#/nowhere' };
    const raw = { enum: [data], const: data, default: data, examples: [data] };
    expect(accepts(raw, data)).toBe(true);
  });

  test('an $id where no subschema stands names nothing', () => {
    expect(problemsOf({ $ref: 'http://x.test/a', enum: [{ $id: 'http://x.test/a' }] })).toEqual([
      "/$ref: 'http://x.test/a' refers to nothing that is known here.",
    ]);
  });

  test('other documents are found by address and by their own $id', () => {
    const documents = new Map<string, Json>([
      ['money.json', { type: 'integer' }],
      ['b.json', { $id: 'http://x.test/named', type: 'string' }],
    ]);
    const raw = { properties: { a: { $ref: 'money.json' }, b: { $ref: 'http://x.test/named' } } };
    const [schema] = parseSchema(raw, { dialect: '2020-12', documents });
    expect(schema?.root.properties?.get('a')?.ref?.at).toEqual({ document: 'money.json', pointer: '' });
    expect(schema?.root.properties?.get('b')?.ref?.types).toEqual(['string']);
  });

  test('the official meta-schemas are known', () => {
    const raw = { $ref: 'http://json-schema.org/draft-07/schema#' };
    expect([accepts(raw, { type: 'string' }), accepts(raw, { type: 'text' })]).toEqual([true, false]);
    expect(accepts({ $ref: 'https://json-schema.org/draft/2020-12/schema' }, { properties: { a: 1 } })).toBe(false);
  });

  test('a dynamic reference depends on the way that led to it', () => {
    const raw = {
      $id: 'http://x.test/strict-tree',
      $dynamicAnchor: 'node',
      $ref: 'tree',
      unevaluatedProperties: false,
      $defs: {
        tree: {
          $id: 'http://x.test/tree',
          $dynamicAnchor: 'node',
          type: 'object',
          properties: { data: true, children: { type: 'array', items: { $dynamicRef: '#node' } } },
        },
      },
    };
    expect(accepts(raw, { children: [{ daat: 1 }] })).toBe(false);
    expect(accepts(raw, { children: [{ data: 1 }] })).toBe(true);
    expect(accepts({ ...raw.$defs.tree }, { children: [{ daat: 1 }] })).toBe(true);
  });

  test('a recursive reference of 2019-09 leads to the outermost recursive anchor', () => {
    const raw = {
      $id: 'http://x.test/outer',
      $recursiveAnchor: true,
      $ref: 'inner',
      unevaluatedProperties: false,
      $defs: {
        inner: {
          $id: 'http://x.test/inner',
          $recursiveAnchor: true,
          properties: { next: { $recursiveRef: '#' } },
        },
      },
    };
    expect(accepts(raw, { next: { other: 1 } }, '2019-09')).toBe(false);
    expect(accepts(raw, { next: { next: {} } }, '2019-09')).toBe(true);
  });

  test.each<[string, unknown]>([
    ['itself', { $ref: '#' }],
    ['itself through allOf', { allOf: [{ $ref: '#' }] }],
    ['a ring', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { not: { $ref: '#/$defs/a' } } } }],
  ])('a schema that only refers to %s is refused', (_, raw) => {
    expect(problemsOf(raw)).toEqual([
      expect.stringContaining('This schema refers to itself without going into a member or an item'),
    ]);
  });

  test('recursion through a member is a cycle of nodes', () => {
    const { root } = parsed({ type: 'object', properties: { next: { $ref: '#' } } });
    expect(root.properties?.get('next')?.ref).toBe(root);
  });
});

describe('mistakes are located and never thrown', () => {
  test.each<[unknown, string]>([
    [7, ': A schema is an object, true or false.'],
    [{ properties: { a: 7 } }, '/properties/a: A schema is an object, true or false.'],
    [{ type: 'text' }, "/type: 'type' must be one of the seven JSON types, or a list of them."],
    [{ minLength: -1 }, "/minLength: 'minLength' must be a whole number, 0 or more."],
    [{ required: 'a' }, "/required: 'required' must be a list of names."],
    [{ multipleOf: 0 }, "/multipleOf: 'multipleOf' must be greater than 0."],
    [{ pattern: '(' }, "/pattern: '(' is not a regular expression of ECMAScript."],
    [{ allOf: [] }, "/allOf: 'allOf' needs at least one schema."],
    [{ $ref: '#/$defs/b' }, "/$ref: '#/$defs/b' refers to nothing that is known here."],
    [{ $ref: 7 }, "/$ref: '$ref' must be a string."],
    [{ maximum: Number.POSITIVE_INFINITY }, "/maximum: 'maximum' must be a number."],
  ])('%j', (raw, message) => {
    expect(problemsOf(raw)).toEqual([message]);
  });

  test('all mistakes at once', () => {
    expect(problemsOf({ type: 1, items: { minimum: 'x' } })).toHaveLength(2);
  });
});

test('names of members are only names', () => {
  const raw: unknown = JSON.parse('{"properties": {"__proto__": {"type": "string"}, "toString": false}}');
  const { root } = parsed(raw);
  expect([...(root.properties?.keys() ?? [])]).toEqual(['__proto__', 'toString']);
  expect(isValid(root, JSON.parse('{"__proto__": 1}'), { assertFormats: false })).toBe(false);
  expect(isValid(root, {}, { assertFormats: false })).toBe(true);
});

test('annotations and defaults are kept', () => {
  const { root } = parsed({ title: 'T', description: 'D', deprecated: true, default: null, 'x-tenet-brand': 'Id' });
  expect(root.annotations).toEqual({ title: 'T', description: 'D', deprecated: true, brand: 'Id' });
  expect(root.default).toEqual({ value: null });
});
