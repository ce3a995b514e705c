import { describe, expect, test } from 'vitest';
import { compare, type Json, parseSchema } from '../../../generator/src/schema/index.ts';
import { parsed, verdictOn } from './asked.ts';

function nested(depth: number, wrap: (inner: Json) => Json): Json {
  let made: Json = { type: 'string' };
  for (let i = 0; i < depth; i++) made = wrap(made);
  return made;
}

describe('depth', () => {
  test.each<[string, (inner: Json) => Json]>([
    ['members', (inner) => ({ properties: { a: inner }, required: ['a'] })],
    ['negations', (inner) => ({ not: inner })],
    ['conjunctions', (inner) => ({ allOf: [inner, { minLength: 1 }] })],
    ['items', (inner) => ({ items: inner })],
  ])('10,000 levels of %s are refused at once', (_, wrap) => {
    const started = performance.now();
    const [schema, problems] = parseSchema(nested(10_000, wrap), { dialect: '2020-12' });
    expect(schema).toBeUndefined();
    expect(problems.map((problem) => problem.message)).toEqual(['Subschemas are nested too deeply.']);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test.each([
    [400, []],
    [20_000, ['More than 500 references lead from here to one value.']],
  ])('a chain of %i references', (length, messages) => {
    const links = Array.from({ length }, (_, i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]);
    const $defs = Object.fromEntries([...links, [`d${length}`, { type: 'string' }]]);
    const chain = { $defs, properties: { a: { $ref: '#/$defs/d0', default: 'b' } } };
    const [schema, problems] = parseSchema(chain, { dialect: '2020-12' });
    expect(problems.map((problem) => problem.message)).toEqual(messages);
    expect(schema === undefined).toBe(messages.length > 0);
  });

  test('deep data is no reason to fall over', () => {
    const [a, b] = [nested(20_000, (inner) => [inner]), nested(19_999, (inner) => [inner])];
    expect(verdictOn({ const: a }, { const: b }).verdict).toBe('unknown');
    expect(verdictOn({ const: a }, { const: a }).verdict).not.toBe('incompatible');
  });

  test('a hundred levels are decided', () => {
    const wrap = (inner: Json): Json => ({ type: 'object', properties: { a: inner }, required: ['a'] });
    expect(verdictOn(nested(100, wrap), nested(100, wrap))).toEqual({ verdict: 'compatible' });
    expect(verdictOn(nested(99, wrap), nested(100, wrap)).verdict).toBe('incompatible');
  });
});

describe('time', () => {
  test('an exponential pair ends within its budget', () => {
    const old = parsed({ type: 'string', pattern: '(a|b)*a(a|b){16}c' });
    const next = parsed({ type: 'string', pattern: '(a|b)*b(a|b){16}c' });
    const started = performance.now();
    const verdict = compare(old, next, { relation: 'inclusion', budgetMs: 100 });
    expect(verdict).toEqual({ verdict: 'unknown', reason: 'not decided in the time allowed' });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test.each<[string, unknown, unknown, string]>([
    ['nested quantifiers', { pattern: '^(a+)+$' }, { pattern: '^(a|aa)+$' }, 'compatible'],
    ['long repetitions', { pattern: '^.{1,800}$' }, { minLength: 1 }, 'compatible'],
    ['huge enums', { enum: Array.from({ length: 5_000 }, (_, i) => `v${i}`) }, { pattern: '^v\\d+$' }, 'compatible'],
    ['huge exclusions', { type: 'integer' }, { enum: Array.from({ length: 5_000 }, (_, i) => i) }, 'incompatible'],
    ['huge bounds', { type: 'string', maxLength: 1e9 }, { maxLength: 2e9 }, 'compatible'],
    [
      'a pattern beside many names',
      { properties: members(150), patternProperties: { '^contexts_.*': {} }, additionalProperties: false },
      { properties: members(151), patternProperties: { '^contexts?_': {} }, additionalProperties: false },
      'compatible',
    ],
    [
      'many patterns',
      { patternProperties: patterns('string') },
      { patternProperties: patterns(['string', 'null']) },
      'compatible',
    ],
  ])('%s cost little', (_, old, next, expected) => {
    const started = performance.now();
    expect(verdictOn(old, next).verdict).toBe(expected);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('patterns that take an engine forever', () => {
  const long = { type: 'string', minLength: 60 };

  test.each<[string, Json, Json, string]>([
    ['repeated repetitions', { ...long, pattern: '^(a|a)+$' }, { pattern: '^(a+)+b$' }, 'incompatible'],
    ['a witness that only backtracking judges', { ...long, pattern: '^(a+)+$' }, { pattern: '^(a+)+\\1b$' }, 'unknown'],
    ['a long text for overlapping stars', { ...long, minLength: 3_000 }, { pattern: '^a*a*a*a*a*b$' }, 'incompatible'],
  ])('%s', (_, old, next, expected) => {
    const started = performance.now();
    expect(verdictOn(old, next).verdict).toBe(expected);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('size', () => {
  const budgetMs = 200;
  const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const tagged = (shift: number): Json => ({
    anyOf: many(3_000, (i) => ({ type: 'object', properties: { t: { const: i + shift } }, required: ['t'] })),
  });

  test.each<[string, Json, Json]>([
    ['10,000 members', { properties: members(10_000) }, { properties: { ...members(10_000), last: { type: 'null' } } }],
    ['3,000 tagged branches', tagged(0), tagged(1)],
    ['100,000 values', { enum: many(100_000, (i) => `v${i}`) }, { enum: many(100_000, (i) => `v${i + 1}`) }],
    [
      '3,000 conjuncts',
      { allOf: many(3_000, (i) => ({ required: [`p${i}`] })) },
      { allOf: many(3_000, (i) => ({ properties: { [`p${i}`]: {} } })) },
    ],
    ['60 conditions in 20 members', conditions(1), conditions(3)],
  ])('%s end within the budget in both relations', (_, old, next) => {
    for (const relation of ['inclusion', 'events'] as const) {
      const started = performance.now();
      const verdict = compare(parsed(old), parsed(next), { relation, budgetMs });
      expect(performance.now() - started).toBeLessThan(5_000);
      if (verdict.verdict === 'unknown') expect(verdict.reason).toBe('not decided in the time allowed');
    }
  });

  test('10,000 members are told apart when there is time', () => {
    const next = { properties: { ...members(10_000), field_7777_of_many: { type: 'null' } } };
    const options = { relation: 'events', budgetMs: 20_000 } as const;
    const verdict = compare(parsed({ type: 'object', properties: members(10_000) }), parsed(next), options);
    expect(verdict).toEqual({ verdict: 'incompatible', witness: { field_7777_of_many: 'field 7777 of many' } });
  });

  function conditions(step: number): Json {
    const either = (i: number): Json => ({
      anyOf: [{ required: [`m${i % 20}`] }, { not: { required: [`m${(i * step) % 20}`] } }],
    });
    return { type: 'object', allOf: many(60, either) };
  }
});

test('why nobody confirms a witness is said', () => {
  const deep = nested(450, (inner) => ({ items: inner }));
  const verdict = verdictOn({ type: ['array', 'null'], items: deep }, { type: 'array', items: deep });
  expect(verdict).toEqual({
    verdict: 'unknown',
    reason: 'the second validator cannot cope with the schemas, and so cannot confirm null',
  });
});

function members(count: number): Record<string, Json> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`field_${i}_of_many`, { type: 'string' }]));
}

function patterns(type: Json): Record<string, Json> {
  return Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`p${i}`, { type }]));
}

describe('names', () => {
  const raw = (text: string): unknown => JSON.parse(text);

  test('__proto__ is a member like any other', () => {
    const text = raw('{"type": "object", "properties": {"__proto__": {"type": "string"}}, "required": ["__proto__"]}');
    const number = raw('{"type": "object", "properties": {"__proto__": {"type": "number"}}}');
    expect(verdictOn(text, { required: ['__proto__'] })).toEqual({ verdict: 'compatible' });
    // Ajv looks such members up along the prototype, so nobody confirms the witness; it is not shown unconfirmed.
    expect(verdictOn(text, number).verdict).not.toBe('compatible');
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  test('constructor and toString are members that may be absent', () => {
    const verdict = verdictOn({ type: 'object' }, { required: ['constructor', 'toString'] });
    expect(verdict.verdict).not.toBe('compatible');
  });

  test('quotes, line ends and comment ends go through', () => {
    const name = '"\'`*/</script>\n\u2028\\';
    const verdict = verdictOn({ type: 'object', required: [name] }, { properties: { [name]: { const: name } } });
    expect(verdict).toEqual({ verdict: 'incompatible', witness: { [name]: null } });
  });
});
