import type { Finding } from '../diagnostics/finding.ts';
import { escaped } from '../diagnostics/json-printer.ts';
import type { DiffScreen } from './diff-sections.ts';

/** Raised when a field changes its meaning or goes; new fields may appear without it. */
export const diffFormatVersion = 1;

/** The changelog for machines: one object, keys in a fixed order, absent fields left out. */
export function printDiffJson({ against, contracts, workspace, unchanged }: DiffScreen): string {
  const report = {
    version: diffFormatVersion,
    command: 'diff',
    complete: true,
    against,
    unchanged,
    contracts: contracts.map(({ id, path, state, before, after, owner, since, breaking, noted, changes }) => ({
      contract: id,
      path,
      state,
      before,
      after,
      owner,
      since,
      breaking: breaking.map(({ finding, permits }) => ({
        ...said(finding),
        permitted:
          permits.length === 0 ? undefined : permits.map(({ team, expires, reason }) => ({ team, expires, reason })),
      })),
      noted: noted.map(said),
      changes: changes.map(({ kind, about, subject, at, place, text, consumers }) => ({
        kind,
        about,
        subject,
        text: place === undefined ? text : `${place} ${text}`,
        at: { path: at.path, line: at.line, column: at.column },
        consumers,
      })),
    })),
    workspace: workspace.map(({ kind, subject, text, rule }) => ({ kind, subject, text, rule })),
  };
  return `${escaped(JSON.stringify(report, null, 2))}\n`;
}

function said({ rule, message, fingerprint, at, consumers }: Finding): object {
  return { rule, message, fingerprint, at: { path: at.path, line: at.line, column: at.column }, consumers };
}
