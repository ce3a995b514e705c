import { expect, test } from 'vitest';
import { parseAvro, typeText } from '../../../generator/src/schema/avro/index.ts';
import { array, enumOf, field, fixed, record } from './asked.ts';

const problems = (raw: unknown) => parseAvro(raw)[1].map(({ at, message }) => `${at} ${message}`.trim());

const order = (...fields: object[]) => record('Order', fields);
const withDefault = (type: unknown, value: unknown) => order(field('a', type, { default: value }));

test.each<[string, unknown, readonly string[]]>([
  ['a number', 7, ['A type is a name, an object with `type`, or an array of types.']],
  ['null', null, ['A type is a name, an object with `type`, or an array of types.']],
  ['an object without a type', {}, ['A type that is an object needs `type`.']],
  [
    'a name that is not defined',
    array('Order'),
    ["/items 'Order' is neither a type of Avro nor defined before this place."],
  ],
  [
    'a name that is defined too late',
    ['Order', order()],
    ["/0 'Order' is neither a type of Avro nor defined before this place."],
  ],
  ['a second definition', [order(), array(order())], ["/1/items/name 'Order' is defined twice."]],
  ['a name with a space', record('an order', []), ["/name 'an order' cannot be the name of a type."]],
  ['a name of a primitive type', record('shop.int', []), ["/name 'shop.int' cannot be the name of a type."]],
  ['no name', { type: 'record', fields: [] }, ['A record, an enum or a fixed needs a `name`.']],
  [
    'a namespace with a gap',
    record('A', [], { namespace: 'a..b' }),
    ['/namespace A namespace is names with dots between them.'],
  ],
  ['no fields', { type: 'record', name: 'A' }, ['A record needs a list of `fields`.']],
  ['a field twice', order(field('a', 'int'), field('a', 'int')), ["/fields/1/name 'a' is a field twice."]],
  ['a field without a type', order({ name: 'a' }), ["/fields/0 The field 'a' needs a `type`."]],
  ['a union in a union', ['null', ['int']], ['/1 A union stands directly in a union.']],
  ['a branch twice', ['int', 'string', 'int'], ["/2 The union has two branches of the type 'int'."]],
  ['two arrays in a union', [array('int'), array('long')], ["/1 The union has two branches of the type 'array'."]],
  ['a symbol twice', enumOf(['A', 'A']), ['/symbols A symbol is listed twice.']],
  ['a symbol that is no name', enumOf(['A-1']), ["/symbols/0 'A-1' cannot be a symbol."]],
  ['symbols that are no list', enumOf('A' as never), ["'Suit' needs `symbols`, a list of names."]],
  [
    'a default that is no symbol',
    enumOf(['A'], { default: 'B' }),
    ["/default The default of 'Suit' is none of its symbols."],
  ],
  ['a size below nothing', fixed(-1), ["'Digest' needs a `size`, a number of bytes."]],
  [
    'aliases that are no list',
    order(field('a', 'int', { aliases: 'b' })),
    ['/fields/0/aliases `aliases` lists names.'],
  ],
  [
    'several at once',
    order(field('a', 'x'), field('b', 'y')),
    [
      "/fields/0/type 'x' is neither a type of Avro nor defined before this place.",
      "/fields/1/type 'y' is neither a type of Avro nor defined before this place.",
    ],
  ],
])('%s is told with its place', (_, raw, expected) => {
  expect(problems(raw)).toEqual(expected);
  expect(parseAvro(raw)[0]).toBeUndefined();
});

test.each<[string, unknown, unknown]>([
  ['int', 'int', 2_147_483_647],
  ['double', 'double', 1],
  ['bytes', 'bytes', '\u00ff'],
  ['fixed', fixed(2), '\u0000\u00ff'],
  ['enum', enumOf(['A']), 'A'],
  ['array', array('int'), [1]],
  ['any branch of a union', ['null', 'string'], 'x'],
  ['record whose own defaults fill it in', record('B', [field('b', 'int', { default: 1 })]), {}],
  ['list', record('L', [field('next', ['null', 'L'], { default: null })]), { next: { next: null } }],
])('a default of the type %s', (_, type, value) => {
  expect(problems(withDefault(type, value))).toEqual([]);
});

test.each<[string, unknown, unknown, string]>([
  ['int', 'int', 2_147_483_648, 'is no int'],
  ['fraction', 'long', 0.5, 'is no long'],
  ['text', 'int', '1', 'is no int'],
  ['character that is no byte', 'bytes', '\u0100', 'is no bytes'],
  ['fixed', fixed(2), 'a', 'is no fixed'],
  ['symbol', enumOf(['A']), 'B', 'is no symbol of the enum'],
  ['list', array('int'), [1, 'x'], 'is no int'],
  ['union', ['null', 'int'], 'x', 'fits no branch of the union'],
  ['record', record('B', [field('b', 'int')]), {}, "lacks the field 'b'"],
])('a %s that is no default', (_, type, value, because) => {
  expect(problems(withDefault(type, value))).toEqual([`/fields/0/default The default of 'a' ${because}.`]);
});

test('a default that fills itself in without end', () => {
  expect(problems(record('A', [field('a', 'A', { default: {} })]))).toEqual([
    "/fields/0/default The default of 'a' fills 'a' in without end.",
  ]);
});

test('names are looked for in the namespace around them, then in none', () => {
  const [schema] = parseAvro([
    record('Money', []),
    record('shop.Order', [
      field('status', enumOf(['A'], { name: 'Status' })),
      field('again', 'Status'),
      field('total', 'Money'),
      field('note', record('Note', [field('next', ['null', 'Note'])], { namespace: '' })),
    ]),
  ]);
  const [, order] = schema?.root.kind === 'union' ? schema.root.branches : [];
  const fields = order?.kind === 'record' ? order.fields : [];
  expect(fields.map(({ type }) => typeText(type))).toEqual([
    'enum shop.Status',
    'enum shop.Status',
    'record Money',
    'record Note',
  ]);
});

test('unknown attributes, `doc` and the long way of writing a primitive type are nothing', () => {
  expect(
    problems({
      type: 'record',
      name: 'A',
      doc: 'x',
      fields: [field('a', { type: 'int', unit: 'kg' }, { order: 'ignore' })],
    }),
  ).toEqual([]);
  expect(problems({ type: { type: 'array', items: { type: 'string' } } })).toEqual([]);
});
