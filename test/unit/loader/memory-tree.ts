import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FileTree } from '../../../generator/src/model/file-tree.ts';

/** A workspace as a literal: text by path. */
export function memoryTree(files: Readonly<Record<string, string | Uint8Array>>, label = 'contracts'): FileTree {
  const bytes = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? Buffer.from(content) : content,
    ]),
  );
  return { label, list: () => [...bytes.keys()].sort(), read: (path) => bytes.get(path) };
}

const base = fileURLToPath(new URL('../../fixtures/bad-input/base', import.meta.url));
const text = (file: string) => readFileSync(`${base}/${file}`, 'utf8');

/** A small sound workspace, the one that bad input is laid over. */
export const workspace: Readonly<Record<string, string>> = {
  'tenet.yaml': text('tenet.yaml'),
  'owners.yaml': text('owners.yaml'),
  'policies.yaml': text('policies.yaml'),
  'orders/order-placed/v1.schema.json': text('orders/order-placed/v1.schema.json'),
  'orders/order-placed/v1.yaml': text('orders/order-placed/v1.yaml'),
};

export const contractText = text('orders/order-placed/v1.yaml');
