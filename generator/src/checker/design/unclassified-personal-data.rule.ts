import type { Contract } from '../../model/contract.ts';
import type { SchemaNode } from '../../schema/ast.ts';
import { payloadShape } from '../payload-shape.ts';
import { affected, field } from '../places.ts';
import { listed } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';
import { admits } from '../schema-pointer.ts';

/** Words of field names that usually mean a person; compared with the whole name or its words. */
const personal = [
  'address',
  'birthday',
  'birthdate',
  'email',
  'firstname',
  'fullname',
  'iban',
  'lastname',
  'msisdn',
  'passport',
  'phone',
  'phonenumber',
  'postcode',
  'ssn',
  'street',
  'surname',
  'zipcode',
];
const secret = ['password', 'passwd', 'secret', 'apikey', 'cardnumber', 'cvv', 'pan'];

const telling = ['string', 'number', 'array', 'object'] as const;

/** Deep enough for any payload that people write, and an end for recursive ones. */
const deepest = 12;

export const unclassifiedPersonalData: DesignRule = {
  id: 'design/unclassified-personal-data',
  severity: 'warning',
  summary: 'Fields that look personal or secret are classified.',
  why: 'Logs, witnesses and dead-letter pages print payloads. What `classification` names as `personal` or `secret` is blacked out there; what it does not name is shown to whoever is on call.',
  *check(contract) {
    const found = [...suspects(contract)];
    if (found.length === 0) return;
    const names = found.map(({ pointer }) => `\`${pointer}\``);
    const [first] = found;
    yield {
      ...field(contract, contract.classification.length > 0 ? ['classification'] : ['schema']),
      subject: '/classification',
      message: `${listed(names)} look${names.length === 1 ? 's' : ''} like ${first?.kind === 'secret' ? 'secrets' : 'personal data'} and ${names.length === 1 ? 'is' : 'are'} not classified.`,
      whoPays: 'the people behind the data, when it is printed in a log',
      consumers: affected(contract),
      hint: `add \`classification: { ${found.map(({ pointer, kind }) => `${pointer}: ${kind}`).join(', ')} }\``,
    };
  },
};

function* suspects(contract: Contract): Iterable<{ pointer: string; kind: 'personal' | 'secret' }> {
  const classified = contract.classification.map(({ pointer }) => pointer);
  for (const [pointer, name] of fieldsOf(payloadShape(contract), '', new Set(), 0)) {
    if (classified.some((known) => pointer === known || pointer.startsWith(`${known}/`))) continue;
    const words = [name.replace(/[^A-Za-z]/g, '').toLowerCase(), ...wordsOf(name)];
    if (words.some((word) => secret.includes(word))) yield { pointer, kind: 'secret' };
    else if (words.some((word) => personal.includes(word))) yield { pointer, kind: 'personal' };
  }
}

/** Members of objects only: a classification is one pointer, and an item of a list has none of its own. */
function* fieldsOf(
  node: SchemaNode,
  at: string,
  seen: ReadonlySet<SchemaNode>,
  depth: number,
): Iterable<[string, string]> {
  if (depth > deepest) return;
  // A set that grows while it is walked: a chain of references is a loop here, and not as many calls.
  const here = new Set([node]);
  for (const { ref, allOf } of here) for (const part of [...(ref ? [ref] : []), ...(allOf ?? [])]) here.add(part);
  const inside = new Set([...seen, ...here]);
  for (const { properties } of [...here].filter((part) => !seen.has(part))) {
    for (const [name, child] of properties ?? []) {
      const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      // A flag about a person is not the person's data: `emailVerified`.
      if (telling.some((kind) => admits(child, kind))) yield [pointer, name];
      yield* fieldsOf(child, pointer, inside, depth + 1);
    }
  }
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}
