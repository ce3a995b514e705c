import type { Dialect, Json } from '../../generator/src/schema/index.ts';

/**
 * The small world that schemas and instances are made of. Few names, numbers, strings and expressions, chosen to touch
 * one another: two schemas that never speak of the same thing have nothing to contradict each other about.
 */
export const names = ['a', 'b', 'c', 't', 'ab', 'x-1', '', 'constructor'] as const;

export const numbers = [-1, 0, 1, 2, 3, 4, 6, 10, 0.5, 1.5, -0.5, 2.5, 0.1, 0.3, 1e3, 9007199254740991] as const;

export const strings = [
  '',
  'a',
  'b',
  'c',
  'ab',
  'ba',
  'aa',
  'abc',
  'abab',
  'x-1',
  'x',
  '1',
  '10',
  'é',
  '😀',
  'A',
  '\n',
] as const;

export const patterns = [
  '^a',
  'b$',
  '^[ab]$',
  '^[a-c]+$',
  '^x-',
  '^\\d+$',
  '^.{2}$',
  'a|b',
  '^(ab)*$',
  '^\\p{Ll}+$',
  '[^a]',
  '^a|b$',
  '^(?!a)',
  '(?=b)',
  '.',
  '^$',
  '\\w{2,}',
  '^\\s*$',
  '\\bx',
  '(?<!a)b',
  '(.)\\1',
] as const;

export const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;

const formatsFrom04 = ['date-time', 'email', 'ipv4', 'ipv6', 'uri'];
const formatsFrom06 = [...formatsFrom04, 'json-pointer', 'uri-reference'];
const formatsFrom07 = [...formatsFrom06, 'date', 'time', 'regex', 'relative-json-pointer'];
const formatsFrom2019 = [...formatsFrom07, 'duration', 'uuid'];

/** Formats that the dialect itself names; in others the judges know different ones. */
export const formats: Readonly<Record<Dialect, readonly string[]>> = {
  'draft-04': formatsFrom04,
  'draft-06': formatsFrom06,
  'draft-07': formatsFrom07,
  '2019-09': formatsFrom2019,
  '2020-12': formatsFrom2019,
};

/** Right and nearly right, for every format above. */
export const formatted = [
  '2026-01-01',
  '2026-02-30',
  '2026-01-01T09:00:00Z',
  '2026-01-01T25:00:00Z',
  '09:00:00Z',
  '09:00',
  'a@b.example',
  '@b',
  '192.0.2.1',
  '256.0.0.1',
  '::1',
  ':::1',
  'https://example.com/a',
  '/a',
  '/~2',
  '0/a',
  '^a$',
  '(',
  'P1D',
  'P',
  'f81d4fae-7dec-41d0-a765-00a0c91e6bf6',
] as const;

export const scalars: readonly Json[] = [null, true, false, ...numbers.slice(0, 10), ...strings.slice(0, 8)];
