// The repository's own contracts, as the emitters get them.

import { fileURLToPath } from 'node:url';
import { folderTree } from '../../../generator/src/baseline/folder-tree.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';

export async function workedSet(): Promise<ContractSet> {
  const folder = fileURLToPath(new URL('../../../contracts', import.meta.url));
  const [set] = await loadContracts(folderTree(folder, 'contracts'));
  if (set === undefined) throw new Error('the worked contracts do not load');
  return set;
}
