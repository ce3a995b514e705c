import { expect, test } from 'vitest';
import { matchesFormat } from '../../../generator/src/schema/formats.ts';
import { formats, hasFormat } from '../../../runtime/src/validation/formats.ts';

const texts: Readonly<Record<string, readonly string[]>> = {
  date: [
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-1-01',
    '1900-02-29',
    '2000-02-29',
    '2024-04-31',
    'x',
    '',
  ],
  time: [
    '00:00:00Z',
    '23:59:60Z',
    '22:59:60-01:00',
    '12:00:60Z',
    '24:00:00Z',
    '12:00:00',
    '12:00:00.123+02:00',
    '12:00:00+24:00',
    '1:00:00Z',
  ],
  'date-time': [
    '2024-01-01T00:00:00Z',
    '2024-01-01t00:00:00z',
    '2024-01-01 00:00:00Z',
    '2024-01-01T00:00:00',
    '2024-01-01',
    '2024-01-01T00:00:00.5-07:30',
    '2024-02-30T00:00:00Z',
  ],
  duration: ['P1D', 'PT1H', 'P', 'PT', 'P1Y2M3DT4H5M6S', 'P1W', 'P1W2D', '1D', 'P1S'],
  email: [
    'a@b.example',
    'a.b+c@d-e.example',
    'a@b',
    '@b.example',
    'a..b@c.example',
    'a b@c.example',
    'a@b..example',
    'a@b.example.',
  ],
  hostname: ['example.org', 'a', '-a', 'a-', 'a_b', 'xn--a.example', '', 'a..b', `${'a'.repeat(64)}.example`],
  ipv4: ['127.0.0.1', '256.0.0.1', '1.2.3', '01.2.3.4', '1.2.3.4.5', ''],
  ipv6: [
    '::1',
    '::',
    '2001:db8::1',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7',
    '1::2::3',
    '::ffff:1.2.3.4',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7::',
  ],
  uri: [
    'https://example.org/',
    'urn:a:b',
    '/a',
    'a',
    'https://example.org/a b',
    'http://[::1]/',
    'mailto:a@b.example',
    '',
  ],
  'uri-reference': ['a', '/a', 'https://example.org/', '#a', 'a b', ''],
  uuid: [
    'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6',
    'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    'f81d4fae7dec11d0a76500a0c91e6bf6',
    'x',
  ],
  regex: ['a', '^a$', '(', '[', 'a{2', 'a\\Z'],
  'relative-json-pointer': ['0', '1/a', '10#', '01', '/a', '0#/a', '2/a~0b/~1', '1/a~2', '', 'cc'],
  'json-pointer': ['', '/a', '/a~0b', '/a~2', 'a', '/'],
};

test('every format that is asserted has examples here', () => {
  expect(Object.keys(texts).sort()).toEqual(Object.keys(formats).sort());
});

test.each(Object.entries(texts))('%s means what the checker takes it to mean', (format, examples) => {
  const said = examples.map((text) => [text, hasFormat(text, format)]);
  expect(said).toEqual(examples.map((text) => [text, matchesFormat(format, text)]));
});

test('an unknown format holds of everything', () => {
  expect(hasFormat('anything', 'constructor')).toBe(true);
});
