import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CheckReport, check } from '../../../generator/src/checker/index.ts';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import { KnownContracts } from '../../../generator/src/loader/known-contracts.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { layeredTree } from './fixture-tree.ts';

export const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** The day on which every fixture is judged. */
export const today = new Date('2026-11-21T12:00:00Z');

export async function loadLayers(
  label: string,
  folders: readonly string[],
  known = new KnownContracts(),
): Promise<ContractSet> {
  const [set, findings] = await loadContracts(layeredTree(label, folders), { now: today, known });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (!set || errors.length > 0) throw new Error(`the fixture does not load:\n${errors.map(line).join('\n')}`);
  return set;
}

/** Both sides are the base workspace with the case's own files laid over it; design cases have one side. */
export async function checkFixture(family: string, folder: string): Promise<CheckReport> {
  const base = join(fixtures, 'base-workspace');
  const own = join(folder, 'after');
  const payload = { compare, budgetMs: 5000 };
  const clock = { now: today };
  // As the command does: what both versions have in common is loaded once.
  const known = new KnownContracts();
  const after = await loadLayers('contracts', [base, own], known);
  if (family === 'design') return check({ after, clock, payload });
  const before = await loadLayers('main:contracts', [base, join(folder, 'before')], known);
  return check({ after, before, clock, payload });
}

/**
 * Every finding of a report as one line and its sentence: the exact set that `expected.txt` holds. Which of many events
 * the engine shows is its own affair and not written down.
 */
export function print({ contracts, workspace }: CheckReport): string {
  const findings = [...contracts.flatMap((contract) => contract.findings), ...workspace];
  const excused = contracts.flatMap((contract) => contract.excused);
  const lines = [
    ...findings.map((finding) => `${line(finding)}${details(finding)}`),
    ...excused.map(
      ({ finding, exceptions }) => `excused ${line(finding)}\n  by ${exceptions.map(({ team }) => team).join(', ')}`,
    ),
  ];
  return lines.length === 0 ? 'clean\n' : `${lines.join('\n')}\n`;
}

function line({ at, severity, rule, message }: Finding): string {
  return `${at.path}:${at.line}:${at.column} ${severity} ${rule}\n  ${message}`;
}

function details({ against, consumers, witness }: Finding): string {
  const stood = against ? `\n  ${against.path}:${against.line}:${against.column} ${against.was}` : '';
  const hits = consumers ? `\n  hits ${consumers.map(({ consumer, team }) => `${consumer} (${team})`).join(', ')}` : '';
  return `${stood}${hits}${witness ? '\n  with an event that shows it' : ''}`;
}
