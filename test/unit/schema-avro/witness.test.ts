/** The written value that proves an incompatibility: small, in the JSON encoding, and tried before it is shown. */
import { expect, test } from 'vitest';
import { askAvsc, compareAvro } from '../../../generator/src/schema/avro/index.ts';
import { misreads } from '../../../generator/src/schema/avro/read.ts';
import { array, avro, enumOf, field, fixed, logical, map, record, verdictOn } from './asked.ts';

const order = (...fields: object[]) => record('Order', fields);

/** The first witness, which the reading of the specification rejects at the place that is told. */
function witnessOf(writer: unknown, reader: unknown): unknown {
  const verdict = verdictOn(writer, reader);
  if (verdict.verdict !== 'incompatible') throw new Error(verdict.verdict);
  const [{ witness, path, kind }] = verdict.incompatibilities;
  if (witness === undefined) throw new Error('without a witness');
  expect([...misreads(avro(writer).root, avro(reader).root, witness)]).toContainEqual({ kind, path });
  return witness;
}

const all = order(
  field('a', 'boolean'),
  field('b', 'int'),
  field('c', 'double'),
  field('d', 'string'),
  field('e', 'bytes'),
  field('f', fixed(2)),
  field('g', enumOf(['A', 'B'])),
  field('h', array('int')),
  field('i', map('int')),
  field('j', ['null', 'string']),
  field('k', record('Line', [field('n', 'long')])),
);

test.each<[says: string, writer: unknown, reader: unknown, witness: unknown]>([
  ['a symbol that the reader lacks', enumOf(['A', 'B', 'C']), enumOf(['A', 'C']), 'B'],
  ['a branch that the reader lacks', ['null', 'int', 'string'], ['null', 'int'], { string: 'text' }],
  ['the null that it lacks', order(field('a', ['null', 'int'])), order(field('a', 'int')), { a: null }],
  ['one item', array('long'), array('int'), [1]],
  ['one entry', map('long'), map('int'), { key: 1 }],
  ['the branch that leads there', ['null', array('long')], ['null', array('int')], { array: [1] }],
  [
    'a branch by its fullname',
    ['null', record('shop.Line', [field('n', 'long')])],
    ['null', record('shop.Line', [field('n', 'int')])],
    { 'shop.Line': { n: 1 } },
  ],
  [
    'any value, where a field is missing',
    all,
    order(field('z', 'int')),
    {
      a: true,
      b: 1,
      c: 0.5,
      d: 'text',
      e: '\u0001',
      f: '\u0000\u0001',
      g: 'A',
      h: [],
      i: {},
      j: null,
      k: { n: 1 },
    },
  ],
  ['no item where the list itself does not match', array('int'), map('int'), []],
  [
    'as little of a recursive type as there is',
    record('Tree', [field('left', ['null', 'Tree']), field('right', ['null', 'Tree']), field('n', 'long')]),
    record('Tree', [field('left', ['null', 'Tree']), field('right', ['null', 'Tree']), field('n', 'int')]),
    { left: null, right: null, n: 1 },
  ],
  [
    'the end of a list where it is the end that fails',
    record('List', [field('tail', ['null', 'List'])]),
    record('List', [field('tail', 'List')]),
    { tail: null },
  ],
  [
    'an instant that people know',
    order(field('at', logical('long', 'timestamp-millis'))),
    order(field('at', logical('long', 'timestamp-micros'))),
    { at: 1_767_225_600_000 },
  ],
])('%s', (_, writer, reader, witness) => {
  expect(JSON.stringify(witnessOf(writer, reader))).toBe(JSON.stringify(witness));
});

test.each<[writer: unknown, reader: unknown, written: string, read: string]>([
  [
    logical('long', 'timestamp-millis'),
    logical('long', 'timestamp-micros'),
    '2026-01-01T00:00:00Z',
    '1970-01-21T10:53:45.6Z',
  ],
  [
    logical('long', 'timestamp-nanos'),
    logical('long', 'timestamp-micros'),
    '1970-02-01T00:00:00Z',
    '2054-11-16T00:00:00Z',
  ],
  [
    logical('long', 'timestamp-millis'),
    logical('long', 'local-timestamp-millis'),
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00 in local time',
  ],
  [logical('int', 'time-millis'), logical('long', 'time-micros'), '12:34:56', '00:00:45.296'],
  [logical('int', 'date'), logical('int', 'time-millis'), '2026-01-01', '00:00:20.454'],
  [logical('bytes', 'decimal', { precision: 4, scale: 2 }), logical('bytes', 'decimal', { precision: 4 }), '0.01', '1'],
])('%j, read as %j', (writer, reader, written, read) => {
  expect(verdictOn(writer, reader)).toMatchObject({ incompatibilities: [{ readsAs: { written, read } }] });
});

test('a decimal of more digits comes out the same, and does not match all the same', () => {
  const decimal = (precision: number) => logical('bytes', 'decimal', { precision, scale: 2 });
  const verdict = verdictOn(decimal(4), decimal(6));
  expect(verdict).toMatchObject({ verdict: 'incompatible', incompatibilities: [{ witness: '\u0001' }] });
  expect(JSON.stringify(verdict)).not.toContain('readsAs');
});

test('a type whose values never end has none to show', () => {
  const list = (head: unknown) => record('List', [field('head', head), field('tail', 'List')]);
  const verdict = verdictOn(list('long'), list('int'));
  expect(verdict).toMatchObject({
    verdict: 'incompatible',
    incompatibilities: [{ kind: 'type-mismatch', path: '/head' }],
  });
  expect(
    JSON.stringify(Object.keys(verdict.verdict === 'incompatible' ? verdict.incompatibilities[0] : {})),
  ).not.toContain('witness');
});

test('places are those that a person would look at', () => {
  const places = (writer: unknown, reader: unknown) => {
    const verdict = verdictOn(writer, reader);
    return (
      verdict.verdict === 'incompatible' && verdict.incompatibilities.map((found) => [found.writer.at, found.reader.at])
    );
  };
  expect(places(order(field('a', enumOf(['A', 'B']))), order(field('a', enumOf(['A']))))).toEqual([
    ['/fields/0/type/symbols/1', '/fields/0/type/symbols'],
  ]);
  expect(places(order(), order(field('a', 'int')))).toEqual([['', '/fields/0']]);
  expect(places(order(field('a', ['null', 'int'])), order(field('a', 'int')))).toEqual([
    ['/fields/0/type/0', '/fields/0/type'],
  ]);
  // A reference is where the field uses the type, not where the type is defined.
  const twice = (second: unknown) => order(field('a', enumOf(['A'])), field('b', second));
  expect(places(twice('Suit'), twice('int'))).toEqual([['/fields/1/type', '/fields/1/type']]);
});

test('avsc departs from the specification, and is asked about it', () => {
  const [shop, sales] = ['shop', 'sales'].map((namespace) => avro(record('Order', [], { namespace })));
  if (shop === undefined || sales === undefined) throw new Error('two schemas');
  expect(compareAvro(shop, sales).verdict).toBe('compatible');
  expect(askAvsc(shop, sales)).toEqual({ says: 'refuses', because: 'no alias found for shop.Order' });
  expect(askAvsc(shop, shop)).toEqual({ says: 'reads' });
  expect(askAvsc(avro([]), avro('int'))).toEqual({ says: 'nothing', because: 'empty union' });
  expect(askAvsc(avro('int'), avro('long'), 'x')).toMatchObject({ says: 'cannot write' });
});
