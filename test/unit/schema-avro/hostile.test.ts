import { expect, test } from 'vitest';
import { type AvroVerdict, compareAvro, parseAvro } from '../../../generator/src/schema/avro/index.ts';
import { array, avro, enumOf, field, record } from './asked.ts';

/** With time enough for a machine that is busy: what is asked here is that it ends, and how. */
function verdictOn(writer: unknown, reader: unknown): AvroVerdict {
  return compareAvro(avro(writer), avro(reader), { budgetMs: 60_000 });
}

const many = <T>(amount: number, make: (index: number) => T): T[] =>
  Array.from({ length: amount }, (_, index) => make(index));

test.each([
  ['arrays', (inner: unknown) => array(inner)],
  ['objects with nothing but a type', (inner: unknown) => ({ type: inner })],
  ['unions', (inner: unknown) => [inner]],
])('5,000 levels of %s are refused', (_, wrap) => {
  let made: unknown = 'int';
  for (let level = 0; level < 5_000; level++) made = wrap(made);
  const [schema, [problem]] = parseAvro(made);
  expect(schema).toBeUndefined();
  expect(problem?.message).toMatch(/^(Types are nested too deeply|A union stands directly in a union)\.$/);
});

test('100 levels are decided', () => {
  const nested = (leaf: unknown) =>
    many(100, (level) => level).reduce<unknown>((inner, level) => record(`R${level}`, [field('a', inner)]), leaf);
  expect(verdictOn(nested('int'), nested('long')).verdict).toBe('compatible');
  expect(verdictOn(nested('long'), nested('int'))).toMatchObject({ incompatibilities: [{ path: '/a'.repeat(100) }] });
});

test('10,000 fields are decided', () => {
  const wide = (type: string) =>
    record(
      'Wide',
      many(10_000, (index) => field(`f${index}`, index === 9_999 ? type : 'int')),
    );
  expect(verdictOn(wide('int'), wide('long')).verdict).toBe('compatible');
  expect(verdictOn(wide('long'), wide('int'))).toMatchObject({ incompatibilities: [{ path: '/f9999' }] });
});

test('unions and enums of thousands are decided', () => {
  const branches = (amount: number) => many(amount, (index) => record(`ns.R${index}`, []));
  expect(verdictOn(branches(5_000), branches(5_000)).verdict).toBe('compatible');
  const symbols = (amount: number) => enumOf(many(amount, (index) => `S${index}`));
  expect(verdictOn(symbols(20_000), symbols(20_000)).verdict).toBe('compatible');
  expect(verdictOn(symbols(5_000), symbols(4_999))).toMatchObject({ incompatibilities: [{ witness: 'S4999' }] });
});

test('as many failures as there are fields are told up to fifty', () => {
  const wide = (type: string) =>
    record(
      'Wide',
      many(200, (index) => field(`f${index}`, type)),
    );
  const verdict = verdictOn(wide('long'), wide('int'));
  expect(verdict.verdict === 'incompatible' && verdict.incompatibilities.length).toBe(50);
});

/** Every record is made of two of the one before it: nobody writes down a value of the fortieth. */
function doubling(leaf: string): object {
  const twoOf = (type: string): object[] => [field('a', type), field('b', type)];
  const optional = many(40, (level) => {
    const made = record(`R${level}`, twoOf(level === 0 ? leaf : `R${level - 1}`));
    return field(`f${level}`, ['null', made], { default: null });
  });
  return record('Top', [...optional, field('last', 'R39')]);
}

test('types that double are decided, and not written down', () => {
  expect(verdictOn(doubling('int'), doubling('long')).verdict).toBe('compatible');
  expect(verdictOn(doubling('long'), doubling('int'))).toEqual({
    verdict: 'unknown',
    reason: expect.stringMatching(
      /^the smallest value that would show the type-mismatch at \/f0\/a is too large to try$/,
    ),
  });
});

test('defaults that double are checked once', () => {
  const types = many(60, (level) => {
    const type = level === 0 ? 'int' : `R${level - 1}`;
    const standIn = { default: level === 0 ? 0 : {} };
    return record(`R${level}`, [field('a', type, standIn), field('b', type, standIn)]);
  });
  expect(parseAvro(types)[1]).toEqual([]);
});

test('records that hold themselves', () => {
  const self = record('A', [field('a', 'A')]);
  expect(verdictOn(self, self).verdict).toBe('compatible');
  expect(verdictOn(self, record('A', [field('a', 'int')]))).toMatchObject({
    incompatibilities: [{ kind: 'type-mismatch' }],
  });
});

test('cycles of different lengths meet in every combination, and end', () => {
  const cycle = (length: number) => {
    const close = (index: number): unknown =>
      index === length ? 'n0.A' : record(`n${index}.A`, [field('next', ['null', close(index + 1)])]);
    return close(0);
  };
  expect(verdictOn(cycle(61), cycle(67)).verdict).toBe('compatible');
});

test('work ends with its budget', () => {
  const cycle = (length: number) => {
    const close = (index: number): unknown =>
      index === length
        ? 'n0.A'
        : record(`n${index}.A`, [...many(30, (f) => field(`f${f}`, 'int')), field('next', ['null', close(index + 1)])]);
    return close(0);
  };
  const verdict = compareAvro(avro(cycle(241)), avro(cycle(239)), { budgetMs: 1 });
  expect(verdict).toEqual({ verdict: 'unknown', reason: 'not decided in the time allowed' });
});

/** Records of which each holds the one before it, by name: no text nests, and a value nests 10,000 times. */
function chain(leaf: string): object {
  const links = many(10_000, (index) => {
    const link = record(`R${index}`, [field('a', index === 0 ? leaf : `R${index - 1}`)]);
    return field(`d${index}`, ['null', link], { default: null });
  });
  return record('Top', [...links, field('last', 'R9999')]);
}

test('a chain that only names hold together is no reason to fall over', () => {
  expect(verdictOn(chain('int'), chain('long')).verdict).toBe('compatible');
  expect(verdictOn(chain('long'), chain('int'))).toEqual({
    verdict: 'unknown',
    reason: 'the schemas nest too deeply',
  });
  const short = record('Top', [field('last', record('R9999', [field('a', record('R9998', []))]))]);
  expect(verdictOn(short, chain('int'))).toMatchObject({
    incompatibilities: [{ kind: 'reader-field-missing-default-value', path: '/last/a/a' }],
  });
});

test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('a record, a field and a symbol %s', (name) => {
  const one = (type: unknown) => record(name, [field(name, type)]);
  expect(verdictOn(one('int'), one('long')).verdict).toBe('compatible');
  expect(verdictOn(one('long'), one('int'))).toMatchObject({ incompatibilities: [{ path: `/${name}` }] });
  const symbols = verdictOn(one(enumOf([name, 'A'])), one(enumOf(['A'])));
  expect(symbols).toMatchObject({ incompatibilities: [{ symbols: [name] }] });
});

test('a field __proto__ is read as any other, and no judge writes it', () => {
  const one = (type: unknown) => record('A', [field('__proto__', type)]);
  expect(verdictOn(one('int'), one('long')).verdict).toBe('compatible');
  expect(verdictOn(one('long'), one('int'))).toEqual({
    verdict: 'unknown',
    reason: 'avsc cannot write the value that was made to show the type-mismatch at /__proto__',
  });
});
