import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as naming from '../../../generator/src/model/naming.ts';

/** Every name that the meta-schema takes. */
const kebab = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,3}$/);
const major = fc.integer({ min: 1, max: 9999 });

test('events export what people expect', () => {
  expect(naming.eventIdentifier('order-placed', 1)).toBe('orderPlaced');
  expect(naming.eventIdentifier('order-placed', 2)).toBe('orderPlacedV2');
  expect(naming.eventTypeName('order-placed', 2)).toBe('OrderPlacedV2');
  expect(naming.builderIdentifier('order-placed', 1)).toBe('anOrderPlaced');
  expect(naming.builderIdentifier('payment-captured', 2)).toBe('aPaymentCapturedV2');
  expect(naming.consumerProperty('email-sender')).toBe('emailSender');
  expect(naming.contractPath('orders', 'order-placed', 1)).toBe('orders/order-placed/v1');
});

test.each(['delete', 'class', 'default', 'await', 'import', 'arguments', 'eval', 'undefined'])(
  '%s is reserved and gets an underscore',
  (word) => {
    expect(naming.eventIdentifier(word, 1)).toBe(`${word}_`);
    expect(naming.eventIdentifier(word, 2)).toBe(`${word}V2`);
  },
);

test('types of the language are not shadowed', () => {
  expect(['object', 'promise', 'record', 'date', 'order'].map((event) => naming.eventTypeName(event, 1))).toEqual([
    'Object_',
    'Promise_',
    'Record_',
    'Date_',
    'Order',
  ]);
});

test('devices are no file names', () => {
  expect(naming.contractPath('con', 'com1', 1)).toBe('con_/com1_/v1');
  expect(naming.contractPath('console', 'com', 1)).toBe('console/com/v1');
});

test('every name maps to an identifier that declares', () => {
  fc.assert(
    fc.property(kebab, major, (event, number) => {
      const name = naming.eventIdentifier(event, number);
      expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
      expect(() => new Function(`'use strict'; const ${name} = 1; return ${name};`)).not.toThrow();
      expect(naming.catalogueName(`orders.${event}`, number)).toMatch(
        /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/,
      );
    }),
  );
});

test('different names stay different', () => {
  fc.assert(
    fc.property(kebab, kebab, (one, other) => {
      fc.pre(one !== other);
      expect(naming.camelCase(one)).not.toBe(naming.camelCase(other));
      expect(naming.eventIdentifier(one, 1)).not.toBe(naming.eventIdentifier(other, 1));
      expect(naming.eventTypeName(one, 1)).not.toBe(naming.eventTypeName(other, 1));
      expect(naming.pathSegment(one)).not.toBe(naming.pathSegment(other));
    }),
    { numRuns: 2000 },
  );
});

test('a hyphen before a digit is not lost', () => {
  const names = ['order-1', 'order1', 'foo-1-2', 'foo-12', 'foo12', 'foo1-2'];
  expect(names.map(naming.camelCase)).toEqual(['order_1', 'order1', 'foo_1_2', 'foo_12', 'foo12', 'foo1_2']);
});

test('long names keep their beginning and stay apart', () => {
  const long = `orders.${'a'.repeat(79)}`;
  const [one, other] = [naming.catalogueName(`${long}b`, 1), naming.catalogueName(`${long}c`, 1)];
  expect(one).toHaveLength(63);
  expect(one).not.toBe(other);
  expect(naming.catalogueName('orders.order-placed', 1)).toBe('orders.order-placed.v1');
});

test('the longest legal names make topics that Kafka takes', () => {
  const prefix = 'p'.repeat(24);
  const topic = prefix + 't'.repeat(150);
  const consumer = 'c'.repeat(63);
  const names = [
    naming.deadLetterTopicName(topic, consumer),
    ...naming.consumerTopicNames(topic, consumer),
    naming.groupName(topic, consumer),
  ];
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(249);
  expect(naming.topicName(`${'d'.repeat(40)}.${'e'.repeat(80)}`, 9999).length).toBeLessThanOrEqual(150);
});
