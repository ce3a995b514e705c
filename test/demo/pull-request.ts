/**
 * A pull request that breaks a consumer, prepared in a folder of its own: the repository's contracts committed to a real
 * Git, then `currency` made required in the working tree. Nobody's checkout is touched.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './commands.ts';

export interface PullRequest {
  /** Folder with `contracts/` and a repository whose HEAD is the state before. */
  readonly folder: string;
  remove(): void;
}

export function breakingPullRequest(contracts: string): PullRequest {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-demo-'));
  cpSync(contracts, join(folder, 'contracts'), { recursive: true });
  for (const step of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '--message', 'Contracts as they are'],
  ]) {
    const { code, output } = git(step, folder);
    if (code !== 0) throw new Error(`git ${step[0]} failed: ${output}`);
  }
  const path = join(folder, 'contracts/orders/order-placed/v1.schema.json');
  const schema = JSON.parse(readFileSync(path, 'utf8')) as {
    properties: Record<string, unknown>;
    required: string[];
  };
  schema.properties.currency = { type: 'string', pattern: '^[A-Z]{3}$' };
  schema.required.push('currency');
  const contract = join(folder, 'contracts/orders/order-placed/v1.yaml');
  writeFileSync(contract, readFileSync(contract, 'utf8').replace('version: 1.0.0', 'version: 1.1.0'));
  writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
