import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import { readMetaSchema } from '../../../generator/src/loader/meta-schema.ts';
import { memoryTree } from './memory-tree.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/contract-format.md', import.meta.url)), 'utf8');

test('the example of the documentation loads', async () => {
  const example = /```yaml\n(# yaml-language-server.*?)```/s.exec(page)?.[1] ?? '';
  const team = (id: string) => `  ${id}: { name: ${id}, contact: x, pager: x, escalation: ${id} }\n`;
  const tree = memoryTree({
    'tenet.yaml': 'tenet: 1\npackage: "@acme/events"\n',
    'owners.yaml': `tenet: 1\nteams:\n${['checkout', 'warehouse', 'data-platform'].map(team).join('')}`,
    'orders/order-placed/v1.yaml': example,
    'orders/order-placed/v1.schema.json': '{ "type": "object" }',
    'analytics/consumers/order-placed.yaml': 'owner: data-platform\n',
  });
  const [set, findings] = await loadContracts(tree);
  expect(findings).toEqual([]);
  expect(set?.contracts[0]?.consumers.map(({ name }) => name)).toEqual(['analytics', 'fulfillment']);
});

test('every key of the format is in the documentation', () => {
  const missing = [...keysOf(readMetaSchema('contract'))].filter(
    (key) => key !== '$ref' && !new RegExp(`\\b${key}\\b`).test(page),
  );
  expect(missing).toEqual([]);
});

function* keysOf(node: unknown): Iterable<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    if (key === 'properties' && typeof child === 'object' && child !== null) yield* Object.keys(child);
    yield* keysOf(child);
  }
}
