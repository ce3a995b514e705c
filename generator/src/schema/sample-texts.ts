import { formatSample } from './formats.ts';

/**
 * Strings that look like what they are, for a member of this name: the one that says most first, then shorter ones.
 * `position` counts from 1 and tells the items of an array apart.
 */
export function* textsFor(name: string, position: number | undefined): Generator<string> {
  if (!/^[a-z][\w -]{0,39}$/i.test(name)) return;
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  const known = wellKnown.get(last) ?? formatSample(formatOf.get(last) ?? '');
  if (known !== undefined && (last !== 'at' || words.length > 1)) yield known;
  const isIdentity = identities.has(last);
  const stem = (isIdentity && words.length > 1 ? words.slice(0, -1) : words).join(isIdentity ? '-' : ' ');
  const one = position === undefined ? stem : stem.replace(/(?<=[^s])s$/, '');
  yield isIdentity || position !== undefined ? `${one}-${position ?? 1}` : one;
  yield `${one}-${position ?? 1}`;
  yield `${one.charAt(0)}-${position ?? 1}`;
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

const identities: ReadonlySet<string> = new Set(['id', 'key', 'number', 'code', 'reference', 'ref', 'sku']);

/** The format that a name's last word tells: `placedAt`, `birth_date`. */
const formatOf: ReadonlyMap<string, string> = new Map([
  ['at', 'date-time'],
  ['timestamp', 'date-time'],
  ['date', 'date'],
  ['email', 'email'],
  ['mail', 'email'],
  ['url', 'uri'],
  ['uri', 'uri'],
  ['host', 'hostname'],
  ['hostname', 'hostname'],
  ['uuid', 'uuid'],
]);

const wellKnown: ReadonlyMap<string, string> = new Map([
  ['currency', 'EUR'],
  ['country', 'NL'],
  ['language', 'en'],
  ['locale', 'en-GB'],
]);
