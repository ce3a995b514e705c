/** What a report says of an Avro payload, from its text. */
import { expect, test } from 'vitest';
import { avroChanges } from '../../../generator/src/checker/payload/changes/avro-changes.ts';
import type { Json } from '../../../generator/src/schema/index.ts';

const record = (name: string, ...fields: Json[]): Json => ({ type: 'record', name, fields });
const field = (name: string, type: Json, more: Record<string, Json> = {}): Json => ({ name, type, ...more });
const order = (...fields: Json[]): Json => record('Order', field('id', 'string'), ...fields);
const lines = (...fields: Json[]): Json => ({
  type: 'array',
  items: record('Line', field('sku', 'string'), ...fields),
});

const rows: readonly (readonly [string, Json, Json, readonly string[]])[] = [
  [
    'a field comes',
    order(),
    order(field('note', 'string', { default: '' })),
    ['+ /note string, default `""` · consumers ignore it until they read it'],
  ],
  [
    'a field goes',
    order(field('note', 'string')),
    order(),
    ['- /note was string · handlers no longer see what events have there'],
  ],
  ['a promotion', order(field('count', 'int')), order(field('count', 'long')), ['~ /count long instead of int']],
  [
    'null comes',
    order(field('note', 'string')),
    order(field('note', ['null', 'string'])),
    ['~ /note null or string instead of string'],
  ],
  [
    'a name that is an alias now',
    order(field('note', 'string')),
    order(field('remark', 'string', { aliases: ['note'] })),
    ['~ /remark was `note`, which is an alias now'],
  ],
  [
    'items',
    order(field('lines', lines())),
    order(field('lines', lines(field('kg', 'double')))),
    ['+ /lines/*/kg double, without a default · consumers ignore it until they read it'],
  ],
  [
    'a branch of a union',
    order(field('paid', ['null', record('Card', field('number', 'string'))])),
    order(field('paid', ['null', record('Card', field('number', 'long'))])),
    ['~ /paid/number long instead of string'],
  ],
  [
    'symbols',
    order(field('via', { type: 'enum', name: 'Via', symbols: ['WEB', 'APP'] })),
    order(field('via', { type: 'enum', name: 'Via', symbols: ['APP', 'KIOSK'], default: 'APP' })),
    [
      '~ /via may also be `"KIOSK"`: handlers meet a value they do not know',
      '~ /via is no longer `"WEB"`',
      '~ /via an unknown symbol is read as `"APP"` instead of `absent`',
    ],
  ],
  [
    'logical types and defaults',
    order(field('at', 'long')),
    order(field('at', { type: 'long', logicalType: 'timestamp-millis' }, { default: 0 })),
    ['~ /at `0` when it is absent', '~ /at long (timestamp-millis) instead of long'],
  ],
  [
    'decimals',
    order(field('sum', { type: 'bytes', logicalType: 'decimal', precision: 8 })),
    order(field('sum', { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 })),
    ['~ /sum `precision` is `10` instead of `8`', '~ /sum `scale` is `2` instead of `absent`'],
  ],
  [
    'a record that names itself',
    record('Node', field('next', ['null', 'Node'])),
    record('Node', field('next', ['null', 'Node']), field('value', 'int')),
    ['+ /value int, without a default · consumers ignore it until they read it'],
  ],
];

test.each(rows)('%s', (_, before, after, there) => {
  const said = avroChanges(before, after).map(({ sign, place, text }) => `${sign} ${place} ${text}`);
  expect(said).toEqual(there);
  expect(avroChanges(before, before)).toEqual([]);
});
