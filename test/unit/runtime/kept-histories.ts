/** Histories that once broke an invariant, made small; each is played again by the tests. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { History } from './simulate.ts';

const file = resolve(import.meta.dirname, 'kept-histories.json');

export function keptHistories(): readonly History[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function keep(history: History): void {
  const lines = [...keptHistories(), history].map((one) => `  ${JSON.stringify(one)}`);
  writeFileSync(file, `[\n${[...new Set(lines)].join(',\n')}\n]\n`);
}
