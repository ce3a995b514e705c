import fc from 'fast-check';
import contractSchema from '../../../generator/meta-schema/contract.schema.json' with { type: 'json' };
import { record } from './meta-schema-fields.ts';

/**
 * Contracts at random, made from the published meta-schema: a field that is added there is generated here, and a kind of
 * text that is new stops the tests until somebody says what its values look like.
 */
export type Written = { readonly [name: string]: unknown };

const teams = ['checkout', 'data-platform', 'warehouse'] as const;

/** What all of them lie in. */
export const surroundings = {
  'tenet.yaml':
    'tenet: 1\npackage: "@acme/events"\nenvironments:\n  staging: { topicPrefix: s., maxPartitions: 6, replication: 3, minInSync: 1, retention: 2d }\n',
  'owners.yaml': `tenet: 1\nteams:\n${teams.map((team) => `  ${team}: { name: ${team}, contact: c, pager: p, escalation: checkout }\n`).join('')}`,
};

export const file = 'orders/order-placed/v1.yaml';

const pointers = ['/id', '/at', '/revision', '/customer/mail'] as const;

const texts: Readonly<Record<string, readonly unknown[]>> = {
  contractName: ['orders.order-placed'],
  contractRef: ['orders.order-placed@1'],
  date: ['2026-10-31', '2027-01-31', '2027-06-30'],
  duration: ['200ms', '5s', '0.5m', '2m', '4h', '36h', '7d', '30d', '90d'],
  durationOrForever: ['36h', '7d', '168h', '30d', 'forever'],
  errorName: ['Refused', 'Late', 'OutOfStock'],
  format: [1],
  name: teams,
  pointer: pointers,
  key: [...pointers, 'none'],
  rate: ['1/h', '90/min', '300/s', '5000/s'],
  rateOrZero: ['0/min', '5/min', '1/s'],
  share: ['0 %', '5 %', '20 %', '99.9 %', '100 %'],
  size: ['512 B', '1 KiB', '1 MB', '1 MiB', '64 MiB'],
  startFrom: ['earliest', 'latest', '2026-11-01T00:00:00Z'],
  text: ['A text.', 'Another: text # with signs'],
  topic: ['orders', 'orders.dead', 'reports'],
  version: ['1.0.0', '1.2.0', '1.2.3-rc.1'],
};

/** Names of the entries of a map. */
const names: Readonly<Record<string, readonly string[]>> = {
  producers: ['checkout-api', 'importer'],
  consumers: ['analytics', 'fulfillment', 'mailer'],
  classification: pointers,
};

const payload = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    revision: { type: 'integer' },
    customer: { type: 'object', properties: { mail: { type: 'string' } }, required: ['mail'] },
  },
  required: ['id', 'at', 'revision', 'customer'],
};
const payloads = [
  payload,
  { ...payload, additionalProperties: false },
  { ...payload, properties: { ...payload.properties, note: { type: 'string', default: '' } } },
  { ...payload, properties: { ...payload.properties, id: { type: 'integer' } } },
];

/** Promises that every consumer needs, so that what overrides them may be partial. */
const needed = ['delivery', 'retry', 'deadLetter', 'backpressure', 'consumers'];

export const contracts: fc.Arbitrary<Written> = anyOfKind(contractSchema, []).map((value) => sound(record(value)));

function anyOfKind(schema: unknown, path: readonly string[]): fc.Arbitrary<unknown> {
  const node = followed(schema);
  const name = path.at(-1) ?? '';
  if (name === 'schema') return fc.constantFrom(...payloads);
  if (node.const !== undefined) return fc.constant(node.const);
  if (Array.isArray(node.enum)) return fc.constantFrom(...node.enum);
  if (node.if !== undefined && node.then !== undefined)
    return fc.oneof(anyOfKind(node.then, path), anyOfKind(node.else, path));
  if (typeof node['x-tenet-kind'] === 'string') {
    const values = texts[node['x-tenet-kind']];
    if (values === undefined) throw new Error(`nobody says what a ${node['x-tenet-kind']} looks like`);
    return fc.constantFrom(...values);
  }
  if (node.type === 'boolean') return fc.boolean();
  if (node.type === 'integer' || node.type === 'number') {
    const least = Number(node.minimum ?? 0);
    return fc.integer({ min: Math.ceil(least), max: Math.min(Number(node.maximum ?? 50), Math.ceil(least) + 50) });
  }
  if (node.type === 'array')
    return fc.uniqueArray(anyOfKind(node.items, path), { minLength: Number(node.minItems ?? 0), maxLength: 3 });
  const entries = names[name];
  if (entries !== undefined) {
    const one = anyOfKind(node.additionalProperties, [...path, '*']);
    return fc.dictionary(fc.constantFrom(...entries), one, { minKeys: name === 'producers' ? 1 : 0 });
  }
  return mapOf(node, path);
}

function mapOf(node: Record<string, unknown>, path: readonly string[]): fc.Arbitrary<unknown> {
  const properties = Object.entries(record(node.properties)).filter(([name]) => !name.startsWith('$'));
  if (properties.length === 0) throw new Error(`nobody says what \`${path.join('.')}\` looks like`);
  const isTop = path.length === 0;
  const alternatives = [node.anyOf, node.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  const required = [node, ...alternatives.map(record)].flatMap((part) =>
    Array.isArray(part.required) ? part.required : [],
  );
  const isWhole = path.length === 1 && needed.includes(path[0] ?? '');
  const fields = properties.map(([name, schema]) => {
    const value = anyOfKind(schema, [...path, name]);
    const must = required.includes(name) || isWhole || (isTop && needed.includes(name));
    return [name, must ? value : fc.option(value, { nil: undefined })] as const;
  });
  return fc.record(Object.fromEntries(fields));
}

/** What the meta-schema cannot say, and the loader refuses. */
function sound(contract: Record<string, unknown>): Written {
  const topic = record(contract.topic);
  const replication = Number(topic.replication ?? 3);
  const repaired: Record<string, unknown> = {
    ...contract,
    encoding: undefined,
    topic: { ...topic, replication, minInSync: Math.min(replication, Number(topic.minInSync ?? 2)) },
    idempotency: { window: '30d', ...defined(record(contract.idempotency)) },
    backpressure: { keepOneIn: 2, maxLag: 100, ...defined(record(contract.backpressure)) },
  };
  if (contract.status !== 'deprecated') {
    repaired.replacedBy = undefined;
    repaired.removeAfter = undefined;
  }
  return record(JSON.parse(JSON.stringify(repaired)));
}

function defined(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}

function followed(schema: unknown): Record<string, unknown> {
  const node = record(schema);
  if (typeof node.$ref !== 'string') return node;
  const target = node.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((here, step) => record(here)[step], contractSchema);
  return followed({ ...record(target), ...node, $ref: undefined });
}
