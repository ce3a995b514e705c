import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationOf, parseDuration, parseRate, parseShare, parseSize } from '../../../generator/src/model/units.ts';

test('durations', () => {
  expect(['200ms', '5s', '2m', '4h', '7d', '1.5h', '1.1m', '5 s'].map((text) => parseDuration(text)?.ms)).toEqual([
    200, 5000, 120_000, 14_400_000, 604_800_000, 5_400_000, 66_000, 5000,
  ]);
});

test('rates are per second', () => {
  expect(['800/s', '100/min', '36/h', '864/d', '0/min', '10 /s'].map((text) => parseRate(text)?.perSecond)).toEqual([
    800,
    100 / 60,
    0.01,
    0.01,
    0,
    10,
  ]);
});

test('sizes are bytes', () => {
  expect(['512 B', '1 KB', '1 KiB', '10 MB', '1.5MiB', '2 GB', '1 GiB'].map((text) => parseSize(text)?.bytes)).toEqual([
    512, 1000, 1024, 10_000_000, 1_572_864, 2_000_000_000, 1_073_741_824,
  ]);
});

test('shares are fractions', () => {
  expect(['20 %', '99.9%', '0 %', '100 %'].map((text) => parseShare(text)?.fraction)).toEqual([0.2, 0.999, 0, 1]);
  expect(parseShare('100.1 %')).toBeUndefined();
});

const parsers = { parseDuration, parseRate, parseSize, parseShare };

describe.each(Object.entries(parsers))('%s', (_, parse) => {
  test.each([
    '',
    '5',
    '-5s',
    '5 sec',
    '5S',
    '1e3s',
    '٥s',
    's',
    '/s',
    '5s\n',
    ' 5s',
    '1_000/s',
    '0x5s',
    '.5s',
    '5.s',
    '1234567890123s',
    'NaNs',
    'Infinity',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

const amount = fc.oneof(
  fc.nat(99_999).map(String),
  fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 999_999 })).map(([a, b]) => `${a}.${b}`),
);

test.each([
  [parseDuration, ['ms', 's', 'm', 'h', 'd']],
  [parseRate, ['/s', '/min', '/h', '/d']],
  [parseSize, ['B', 'KB', 'MB', 'GB', 'KiB', 'MiB', 'GiB']],
  [parseShare, ['%']],
] as const)('what is parsed is printed back the same, and parses to the same', (parse, units) => {
  fc.assert(
    fc.property(amount, fc.constantFrom(...units), fc.constantFrom('', ' '), (number, unit, space) => {
      const text = number + space + unit;
      const parsed = parse(text);
      fc.pre(parsed !== undefined);
      expect(parsed.text).toBe(text);
      expect(parse(parsed.text)).toEqual(parsed);
    }),
  );
});

test('a computed duration prints in its largest whole unit and parses back', () => {
  expect([1, 1500, 90_000, 604_800_000, 0].map((ms) => durationOf(ms).text)).toEqual([
    '1ms',
    '1500ms',
    '90s',
    '7d',
    '0ms',
  ]);
  fc.assert(fc.property(fc.nat(), (ms) => parseDuration(durationOf(ms).text)?.ms === ms));
});
