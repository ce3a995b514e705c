import { createRequire } from 'node:module';
import type { Json } from './ast.ts';

/**
 * `format` as an assertion, by the definitions that Ajv uses, so that both judges mean the same. Loaded on first use.
 * A format that nobody defines holds of everything.
 */
type Check = (value: Json) => boolean;

const require = createRequire(import.meta.url);
const checks = new Map<string, Check>();

export function matchesFormat(format: string, value: Json): boolean {
  let check = checks.get(format);
  if (check === undefined) {
    check = load(format);
    checks.set(format, check);
  }
  return check(value);
}

/** Whether the format can fail for values of this type. One that nobody defines never fails. */
export function speaksOf(format: string, type: 'string' | 'number'): boolean {
  const defined = definition(format);
  if (defined === true) return false;
  const ofNumbers = typeof defined === 'object' && defined !== null && 'type' in defined && defined.type === 'number';
  return ofNumbers === (type === 'number');
}

function definition(format: string): unknown {
  const { fullFormats }: { fullFormats: Record<string, unknown> } = require('ajv-formats/dist/formats.js');
  return Object.hasOwn(fullFormats, format) ? fullFormats[format] : true;
}

function load(format: string): Check {
  return toCheck(definition(format));
}

function toCheck(defined: unknown): Check {
  if (defined instanceof RegExp) return (value) => typeof value !== 'string' || defined.test(value);
  if (typeof defined === 'function') return (value) => typeof value !== 'string' || Boolean(defined(value));
  if (typeof defined !== 'object' || defined === null || !('validate' in defined)) return () => true;
  const { validate } = defined;
  if ('type' in defined && defined.type === 'number') {
    return (value) => typeof value !== 'number' || typeof validate !== 'function' || Boolean(validate(value));
  }
  return toCheck(validate);
}

/** A few strings for each common format, to be tried as witnesses; the first is the one to show. */
const samples: ReadonlyMap<string, readonly string[]> = new Map([
  ['date-time', ['2026-01-01T09:00:00Z', '2024-06-15T12:30:00.5+02:00']],
  ['date', ['2026-01-01', '2024-06-15']],
  ['time', ['09:00:00Z', '12:30:00+02:00']],
  ['duration', ['P1D', 'PT1H']],
  ['email', ['someone@example.com', 'a@b.example']],
  ['idn-email', ['someone@example.com']],
  ['hostname', ['example.com', 'a']],
  ['idn-hostname', ['example.com']],
  ['ipv4', ['192.0.2.1', '127.0.0.1']],
  ['ipv6', ['2001:db8::1', '::1']],
  ['uri', ['https://example.com/', 'urn:a:b']],
  ['uri-reference', ['/a', 'a', 'https://example.com/']],
  ['iri', ['https://example.com/']],
  ['iri-reference', ['/a', 'a']],
  ['uri-template', ['https://example.com/{a}', 'a']],
  ['uuid', ['f81d4fae-7dec-41d0-a765-00a0c91e6bf6', '00000000-0000-0000-0000-000000000000']],
  ['json-pointer', ['/a', '']],
  ['relative-json-pointer', ['0', '1/a']],
  ['regex', ['a', '^a$']],
]);

/** A string of this format as people know it. */
export function formatSample(format: string): string | undefined {
  return samples.get(format)?.[0];
}

export function formatSamples(): readonly string[] {
  return [...samples.values()].flat();
}
