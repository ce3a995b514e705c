/** What the section "Schema Resolution" of the specification says, a case a row. */
import { describe, expect, test } from 'vitest';
import { compareAvro } from '../../../generator/src/schema/avro/index.ts';
import { array, avro, enumOf, field, fixed, kindsOf, logical, map, record } from './asked.ts';

type Case = readonly [says: string, writer: unknown, reader: unknown, expected: string | readonly string[]];

const yes = 'compatible';

describe('primitive types', () => {
  const all = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
  const promoted: Readonly<Record<string, readonly string[]>> = {
    int: ['long', 'float', 'double'],
    long: ['float', 'double'],
    float: ['double'],
    string: ['bytes'],
    bytes: ['string'],
  };
  test.each(all.flatMap((writer) => all.map((reader) => [writer, reader] as const)))(
    '%s is read as %s or not',
    (writer, reader) => {
      const reads = writer === reader || promoted[writer]?.includes(reader);
      expect(kindsOf(writer, reader)).toEqual(reads ? yes : ['type-mismatch']);
    },
  );
});

const order = (...fields: object[]) => record('Order', fields);
const id = field('id', 'string');

test.each<Case>([
  ['a field that the reader does not know is skipped', order(id, field('note', 'string')), order(id), yes],
  ['fields are matched by name, in any order', order(id, field('n', 'int')), order(field('n', 'long'), id), yes],
  ['a new field with a default', order(id), order(id, field('note', 'string', { default: '' })), yes],
  ['null is a default', order(id), order(id, field('note', ['null', 'string'], { default: null })), yes],
  [
    'a new field without one',
    order(id),
    order(id, field('note', 'string')),
    ['reader-field-missing-default-value /note'],
  ],
  [
    'being nullable is no default',
    order(id),
    order(id, field('note', ['null', 'string'])),
    ['reader-field-missing-default-value /note'],
  ],
  [
    'the default of an enum stands in for a symbol and not for a field',
    order(id),
    order(id, field('suit', enumOf(['A'], { default: 'A' }))),
    ['reader-field-missing-default-value /suit'],
  ],
  ['the default of the writer is nothing to the reader', order(field('id', 'string', { default: '' })), order(id), yes],
  [
    'every field that fails is told, the nearest to the root first',
    order(field('line', record('Line', [field('n', 'long')])), field('b', 'int')),
    order(field('line', record('Line', [field('n', 'int')])), field('b', 'string'), field('c', 'int')),
    ['reader-field-missing-default-value /c', 'type-mismatch /b', 'type-mismatch /line/n'],
  ],
  ['a field by its alias', order(field('ref', 'string')), order(field('id', 'string', { aliases: ['ref'] })), yes],
  [
    'the alias is the reader’s',
    order(field('id', 'string', { aliases: ['ref'] })),
    order(field('ref', 'string')),
    ['reader-field-missing-default-value /ref'],
  ],
  [
    'an alias that makes it two fields',
    order(id, field('ref', 'string')),
    order(field('id', 'string', { aliases: ['ref'] })),
    ['ambiguous-field-alias /id'],
  ],
])('records: %s', (_, writer, reader, expected) => {
  expect(kindsOf(writer, reader)).toEqual(expected);
});

test.each<Case>([
  ['another name', order(id), record('Invoice', [id]), ['name-mismatch']],
  ['another namespace', record('shop.Order', [id]), record('sales.Order', [id]), yes],
  ['a namespace and none', record('Order', [id], { namespace: 'shop' }), order(id), yes],
  ['an alias', order(id), record('Invoice', [id], { aliases: ['Order'] }), yes],
  [
    'an alias is relative to the namespace of the name',
    record('shop.Order', [id]),
    record('shop.Invoice', [id], { aliases: ['Order'] }),
    yes,
  ],
  [
    'an alias in another namespace is another name',
    record('sales.Order', [id]),
    record('shop.Invoice', [id], { aliases: ['Order'] }),
    ['name-mismatch'],
  ],
  ['enums by name', enumOf(['A']), enumOf(['A'], { name: 'Colour' }), ['name-mismatch']],
  ['fixed by name', fixed(4), fixed(4, 'Hash'), ['name-mismatch']],
  ['fixed by size', fixed(4), fixed(8), ['fixed-size-mismatch']],
  ['fixed is no bytes', fixed(4), 'bytes', ['type-mismatch']],
  ['a record is no map', order(id), map('string'), ['type-mismatch']],
])('names: %s', (_, writer, reader, expected) => {
  expect(kindsOf(writer, reader)).toEqual(expected);
});

test.each<Case>([
  ['more symbols', enumOf(['A', 'B']), enumOf(['C', 'B', 'A']), yes],
  ['fewer symbols', enumOf(['A', 'B']), enumOf(['A']), ['missing-enum-symbols']],
  ['fewer symbols and a default', enumOf(['A', 'B']), enumOf(['A'], { default: 'A' }), yes],
  [
    'the default of the writer does not help',
    enumOf(['A', 'B'], { default: 'A' }),
    enumOf(['A']),
    ['missing-enum-symbols'],
  ],
  ['no symbol in common, and a default', enumOf(['A']), enumOf(['B'], { default: 'B' }), yes],
  ['an enum is no string', enumOf(['A']), 'string', ['type-mismatch']],
])('enums: %s', (_, writer, reader, expected) => {
  expect(kindsOf(writer, reader)).toEqual(expected);
});

test.each<Case>([
  ['items are resolved', array('int'), array('long'), yes],
  ['items that do not match', array('long'), array('int'), ['type-mismatch /0']],
  ['values that do not match', map('long'), map('int'), ['type-mismatch /key']],
  ['an array is no map', array('int'), map('int'), ['type-mismatch']],
])('containers: %s', (_, writer, reader, expected) => {
  expect(kindsOf(writer, reader)).toEqual(expected);
});

test.each<Case>([
  ['the order of branches does not matter', ['int', 'string'], ['string', 'int'], yes],
  ['every branch of the writer must be read', ['int', 'string'], ['int'], ['missing-union-branch']],
  ['by a reader that is no union, too', ['int', 'string'], 'int', ['type-mismatch']],
  ['and may be', ['int', 'long'], 'double', yes],
  ['a union reads what is none', 'int', ['null', 'int'], yes],
  ['a union reads by promotion', 'int', ['null', 'double'], yes],
  ['a union without a branch for it', 'string', ['null', 'int'], ['missing-union-branch']],
  ['nothing is written with a union of nothing', [], 'int', yes],
  ['nor with a list of it inside of a union', [array([])], [array('int')], yes],
  ['a union of nothing reads nothing', 'int', [], ['missing-union-branch']],
  [
    'the branch of the same fullname reads before others of the name',
    record('b.Order', [id, field('n', 'int')]),
    [record('a.Order', [field('x', 'int')]), record('b.Order', [id])],
    yes,
  ],
  [
    'the first branch that matches reads, whatever becomes of it',
    record('c.Order', [id]),
    [record('a.Order', [field('x', 'int')]), record('b.Order', [id])],
    ['reader-field-missing-default-value /x'],
  ],
  ['aliases find a branch', record('c.Old', [id]), ['null', record('a.Order', [id], { aliases: ['c.Old'] })], yes],
  ['fixed types find the branch of their size', fixed(8, 'c.D'), [fixed(4, 'a.D'), fixed(8, 'b.D')], yes],
  ['a branch that fails inside is told where', [array('long')], [array('int')], ['type-mismatch /0']],
])('unions: %s', (_, writer, reader, expected) => {
  expect(kindsOf(writer, reader)).toEqual(expected);
});

const list = (head: unknown, tail: unknown) => record('List', [field('head', head), field('tail', tail)]);

test.each<Case>([
  ['a list', list('int', ['null', 'List']), list('long', ['null', 'List']), yes],
  ['a list that fails', list('long', ['null', 'List']), list('int', ['null', 'List']), ['type-mismatch /head']],
  ['a list that loses its end', list('int', ['null', 'List']), list('int', 'List'), ['type-mismatch /tail']],
  ['one that never ends', list('int', 'List'), list('long', 'List'), yes],
  ['one that never ends and does not resolve', list('long', 'List'), list('int', 'List'), ['type-mismatch /head']],
])('recursive types: %s', (_, writer, reader, expected) => {
  expect(kindsOf(writer, reader)).toEqual(expected);
});

const decimal = (precision: number, scale: number) => logical('bytes', 'decimal', { precision, scale });
const millis = logical('long', 'timestamp-millis');

test.each<Case>([
  ['decimals of another scale', decimal(4, 2), decimal(4, 1), ['decimal-mismatch']],
  ['decimals of another precision', decimal(4, 2), decimal(6, 2), ['decimal-mismatch']],
  ['a scale that is left out is 0', decimal(4, 0), logical('bytes', 'decimal', { precision: 4 }), yes],
  ['an invalid decimal is bytes', decimal(2, 4), decimal(4, 2), yes],
  [
    'a decimal that its fixed cannot hold is none',
    { ...fixed(1), ...logical('fixed', 'decimal', { precision: 3 }) },
    { ...fixed(1), ...logical('fixed', 'decimal', { precision: 2 }) },
    yes,
  ],
  ['a decimal without its meaning', decimal(4, 2), 'bytes', yes],
  ['another unit', millis, logical('long', 'timestamp-micros'), ['logical-type-mismatch']],
  ['another calendar', millis, logical('long', 'local-timestamp-millis'), ['logical-type-mismatch']],
  [
    'another unit by promotion',
    logical('int', 'time-millis'),
    logical('long', 'time-micros'),
    ['logical-type-mismatch'],
  ],
  ['a date that becomes an instant', logical('int', 'date'), millis, ['logical-type-mismatch']],
  ['a meaning that is added', 'long', millis, yes],
  ['a meaning that is taken away', millis, 'long', yes],
  ['a logical type that nobody knows', logical('long', 'moon-phase'), millis, yes],
  [
    'a logical type on a type that cannot carry it',
    logical('string', 'date'),
    logical('string', 'timestamp-millis'),
    yes,
  ],
])('logical types: %s', (_, writer, reader, expected) => {
  expect(kindsOf(writer, reader)).toEqual(expected);
});

test('integers that come out rounded are told beside the verdict', () => {
  const writer = record(
    'Order',
    ['a', 'b', 'c'].map((name) => field(name, name === 'c' ? 'long' : 'int')),
  );
  const reader = record('Order', [field('a', 'float'), field('b', 'double'), field('c', ['null', 'double'])]);
  const verdict = compareAvro(avro(writer), avro(reader));
  expect(verdict).toMatchObject({ verdict: 'compatible', losses: [{ path: '/a' }, { path: '/c' }] });
});
