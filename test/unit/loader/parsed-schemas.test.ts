import { expect, test } from 'vitest';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { Schema } from '../../../generator/src/schema/index.ts';
import { contractText, memoryTree, workspace } from './memory-tree.ts';

/** The schemas of two contracts, in files of their own, with what is written beside them. */
async function schemasOf(first: string, second: string, more: Readonly<Record<string, string>> = {}) {
  const other = contractText.replaceAll('orders.order-placed', 'orders.order-changed');
  const tree = memoryTree({
    ...workspace,
    'orders/order-placed/v1.schema.json': first,
    'orders/order-changed/v1.yaml': other,
    'orders/order-changed/v1.schema.json': second,
    ...more,
  });
  const [set, findings] = await loadContracts(tree);
  const schemas = (set?.contracts ?? []).map(({ schema }): Schema | undefined =>
    schema.kind === 'json' ? schema.schema : undefined,
  );
  return { set, schemas, findings };
}

const order = '{ "type": "object", "properties": { "orderId": { "type": "string" } }, "required": ["orderId"] }';

test('the same schema in two files is one, and each contract says its own places', async () => {
  const { set, schemas } = await schemasOf(order, `\n${order}`);
  expect(schemas[0]).toBeDefined();
  expect(schemas[0]).toBe(schemas[1]);
  const places = set?.contracts.map(({ source }) => source.locateSchema({ document: '', pointer: '/properties' }));
  expect(places).toEqual([
    expect.objectContaining({ path: 'contracts/orders/order-changed/v1.schema.json', line: 2 }),
    expect.objectContaining({ path: 'contracts/orders/order-placed/v1.schema.json', line: 1 }),
  ]);
});

test('the order of keys and assertions about formats make it another one', async () => {
  const { schemas } = await schemasOf(
    order,
    order.replace('"type": "object", ', '').replace(/}$/, ', "type": "object" }'),
  );
  expect(schemas[0]).not.toBe(schemas[1]);
  const asserted = contractText
    .replaceAll('orders.order-placed', 'orders.order-changed')
    .replace('ordering:', 'formats: assert\nordering:');
  const formats = await schemasOf(order, order, { 'orders/order-changed/v1.yaml': asserted });
  expect(formats.schemas.map((schema) => schema?.assertFormats)).toEqual([true, false]);
});

test('a reference to a neighbour means the neighbour of each', async () => {
  const around = '{ "type": "object", "properties": { "orderId": { "$ref": "./id.json" } }, "required": ["orderId"] }';
  const { schemas } = await schemasOf(around, around, {
    'orders/order-placed/id.json': '{ "type": "string", "maxLength": 10 }',
    'orders/order-changed/id.json': '{ "type": "string", "maxLength": 20 }',
  });
  expect(schemas.map((schema) => schema?.root.properties?.get('orderId')?.ref?.maxLength)).toEqual([20, 10]);
});

test('a neighbour that is there for one is missing for the other', async () => {
  const around = '{ "type": "object", "properties": { "orderId": { "$ref": "./id.json" } }, "required": ["orderId"] }';
  const { findings } = await schemasOf(around, around, { 'orders/order-changed/id.json': '{ "type": "string" }' });
  expect(findings.map(({ at, rule }) => `${at.path} ${rule}`)).toEqual([
    'contracts/orders/order-placed/v1.schema.json contract/schema',
  ]);
});
