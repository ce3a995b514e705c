import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { NodeProgram } from '../measured-child.ts';

/**
 * Who answers. Each is a process that reads a question a line and writes an answer a line, so that one which hangs can
 * be stopped; `micros` of an answer is the time that it took itself.
 */
export interface Contender {
  readonly name: string;
  readonly program: NodeProgram;
  /** What counts as its time: what it says itself, or from the question to the answer, pipes and JSON included. */
  readonly clock: 'its own' | 'from outside';
}

const decider = resolve(import.meta.dirname, 'answer-main.ts');
const tenet = resolve(import.meta.dirname, '../../../generator/bin/tenet.js');

export function contenders(): Contender[] {
  return [
    { name: 'tenet', program: { file: decider, args: ['tenet'] }, clock: 'its own' },
    {
      name: 'tenet schema compare --batch',
      program: { file: tenet, args: ['schema', 'compare', '--batch'] },
      clock: 'from outside',
    },
    ...['json-schema-diff', 'jsoncompat'].map((peer) => ({
      name: `${peer} ${installedVersion(peer)}`,
      program: { file: decider, args: [peer] },
      clock: 'its own' as const,
    })),
  ];
}

function installedVersion(name: string): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(resolve(createRequire(import.meta.url).resolve(name), manifestBeside[name] ?? ''), 'utf8'),
  );
  return manifest.version;
}

/** From the main file of a package to its manifest, which the package may not export. */
const manifestBeside: Readonly<Record<string, string>> = {
  'json-schema-diff': '../../package.json',
  jsoncompat: '../package.json',
};
