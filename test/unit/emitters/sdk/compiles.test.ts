/** What is emitted compiles in a strict service, whatever the schema: the golden cases, and schemas nobody would write. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderTree } from '../../../../generator/src/baseline/folder-tree.ts';
import { sdk } from '../../../../generator/src/emitters/sdk/sdk.emitter.ts';
import { loadContracts } from '../../../../generator/src/loader/load-contracts.ts';
import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import { compile } from '../../../types/compile.ts';
import { contractOf, setOf } from './contract-of.ts';

const chain = Array.from({ length: 60 }, (_, n) => [
  `d${n}`,
  { type: 'object', properties: { next: { $ref: `#/$defs/d${(n + 1) % 60}` }, v: { type: 'string', default: '' } } },
]);
let deep: object = { type: 'string' };
for (let n = 0; n < 90; n += 1) deep = { type: ['array', 'null'], items: { type: 'object', properties: { a: deep } } };

const schemas: readonly unknown[] = [
  true,
  false,
  { enum: [] },
  { enum: [1, '1', null, true, { a: 1 }, [1, 2]] },
  { const: JSON.parse('{"a b": 1, "__proto__": {"x": 2}}') },
  { enum: [-0, 1e21, -5, 0.1] },
  { enum: Array.from({ length: 2100 }, (_, n) => `v${n}`) },
  { type: 'object', properties: { x: { enum: Array.from({ length: 100 }, (_, n) => `v${n}`) } } },
  { type: 'array', items: { $ref: '#' } },
  { type: 'object', additionalProperties: { $ref: '#' } },
  { type: ['array', 'null'], items: { $ref: '#' } },
  { $ref: '#/$defs/d0', $defs: Object.fromEntries(chain) },
  deep,
  {
    prefixItems: [true, { type: 'object', properties: { a: { type: 'number' } } }],
    items: { type: 'boolean' },
    minItems: 2,
  },
  { items: false },
  { type: 'array', maxItems: 0, items: { type: 'string' } },
  {
    properties: { a: { type: 'string' } },
    patternProperties: { '^x': { type: 'number' }, '^a$': { minLength: 2 } },
    additionalProperties: false,
  },
  {
    allOf: [
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
      { properties: { b: { type: 'number' } } },
    ],
  },
  {
    if: { properties: { k: { const: 1 } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { x: { type: 'string' } } },
    else: { required: ['y'] },
    dependentRequired: { p: ['q'] },
  },
  {
    type: 'object',
    unevaluatedProperties: false,
    anyOf: [{ properties: { b: { type: 'string' } } }, { type: 'object' }],
  },
  {
    properties: {
      a: { type: 'string', 'x-tenet-brand': 'Branded' },
      b: { type: 'string', 'x-tenet-brand': "a'b*/" },
      c: { type: ['number', 'null'], 'x-tenet-brand': '__proto__' },
      d: { title: 'Array', type: 'object', properties: { a: { type: 'string' } } },
    },
  },
  // A tuple of tuples of itself, whose slots may be left out.
  { prefixItems: [{ prefixItems: [{ $ref: '#' }], items: false }], properties: { t: true } },
  // Speaks of members, and lets no object pass.
  { properties: { a: { type: 'string' } }, not: { type: 'object' }, examples: [['an item']] },
  // An event of brands in lists in lists.
  {
    anyOf: [
      { type: 'string', 'x-tenet-brand': 'Id' },
      { type: 'array', items: { $ref: '#' } },
    ],
  },
  // What holds for unknown members holds for theirs, too: at every depth one more keyword says the same.
  {
    dependentSchemas: { a: { prefixItems: [{ properties: { a: true } }, { contains: { maxLength: 2 } }] } },
    unevaluatedProperties: { properties: { t: { prefixItems: [{ minLength: 3 }] } }, $ref: '#' },
  },
  // Choices that would multiply into more types than the compiler counts.
  {
    allOf: Array.from({ length: 60 }, (_, n) => ({
      anyOf: [{ properties: { [`a${n}`]: { type: 'string' } } }, { properties: { [`b${n}`]: { type: 'number' } } }],
    })),
  },
  // Functions longer than the compiler follows.
  {
    properties: Object.fromEntries(
      Array.from({ length: 1000 }, (_, n) => [`p${n}`, { type: 'object', properties: { d: { default: n } } }]),
    ),
    required: Array.from({ length: 1000 }, (_, n) => `p${n}`),
  },
  { prefixItems: Array.from({ length: 1000 }, (_, n) => ({ type: 'string', minLength: n })) },
];

/** Every automaton over these words has a state for each of 2^20 sets of the nodes. */
const webOfAlternatives = {
  type: 'object',
  properties: { x: { $ref: '#/$defs/n0' } },
  $defs: Object.fromEntries(
    Array.from({ length: 21 }, (_, n) => {
      const next = { $ref: `#/$defs/n${n + 1}` };
      const first = { $ref: '#/$defs/n0' };
      if (n === 20) return [`n${n}`, { type: 'object', properties: { end: { type: 'string' } } }];
      const properties = n === 0 ? { a: { anyOf: [first, next] }, b: first } : { a: next, b: next };
      return [`n${n}`, { type: 'object', properties }];
    }),
  ),
};

test('a schema of more places than code can be written for is refused where it stands', () => {
  const set = setOf(contractOf(webOfAlternatives));
  expect(sdk.refuses?.(set)).toMatchObject([
    {
      rule: 'output/too-many-places',
      severity: 'error',
      at: { path: 'contracts/orders/order-placed/v1.yaml', line: 1 },
    },
  ]);
  expect(sdk.refuses?.(setOf(contractOf({ type: 'object' })))).toEqual([]);
});

async function golden(): Promise<readonly (readonly [string, ContractSet])[]> {
  const fixtures = join(import.meta.dirname, '../../../fixtures/emit/sdk');
  return Promise.all(
    readdirSync(fixtures).map(async (name) => {
      const [set] = await loadContracts(folderTree(join(fixtures, name, 'contracts'), 'contracts'));
      if (set === undefined) throw new Error(`The contracts of ${name} could not be read.`);
      return [name, set] as const;
    }),
  );
}

test('every schema gives TypeScript without an error', async () => {
  const odd = setOf(
    ...schemas.map((schema, number) => {
      const event = `odd-${number}`;
      const { partitionKey: _, ...contract } = contractOf(schema, { name: `odd.${event}`, domain: 'odd', event });
      return contract;
    }),
  );
  const [contract] = setOf(contractOf({ type: 'object' })).contracts;
  const [producer] = contract?.producers ?? [];
  const [consumer] = contract?.consumers ?? [];
  if (producer === undefined || consumer === undefined) throw new Error('The contract has neither.');
  const names = ['constructor', 'then', 'to-string', 'default'];
  const named = setOf(
    contractOf({ type: 'object' }, {
      partitionKey: undefined,
      producers: names.map((service) => ({ ...producer, service })),
      consumers: names.map((name) => ({ ...consumer, name })),
    } as never),
  );
  const pieces: Record<string, string> = {};
  for (const [name, set] of [...(await golden()), ['odd', odd] as const, ['named', named] as const]) {
    for (const { path, text } of await sdk.emit(set)) pieces[`${name}/${path.replace(/\.ts$/, '')}`] = text;
  }
  const wrong = Object.entries(compile(pieces)).filter(([, errors]) => errors.length > 0);
  expect(Object.fromEntries(wrong)).toEqual({});
});
