import { existsSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { folderTree } from '../baseline/folder-tree.ts';
import { everyRule } from '../checker/catalogue.ts';
import { check } from '../checker/index.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { countFindings } from '../diagnostics/finding-words.ts';
import { printText } from '../diagnostics/text-printer.ts';
import { visible } from '../diagnostics/visible.ts';
import type { Emitter } from '../emitters/emitter.ts';
import { emitters } from '../emitters/index.ts';
import { loadContracts, treeText } from '../loader/load-contracts.ts';
import type { ContractSet } from '../model/contract-set.ts';
import type { OutputFile } from '../output/output-file.ts';
import { type Plan, planOutput } from '../output/plan.ts';
import { unifiedDiff } from '../output/unified-diff.ts';
import { writeOutput } from '../output/write.ts';
import { compare } from '../schema/index.ts';
import { contractsFolder, labelOf } from './contracts-folder.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { paint } from './paint.ts';
import { screenOf } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { CannotDo, UsageError } from './usage-error.ts';

export interface GenerateOptions {
  /** Folder of the contracts, as it was typed. */
  readonly contracts: string;
  /** Folder of the outputs, as it was typed. May hold files of the user's own. */
  readonly out: string;
  /** Print what would change, and write nothing. */
  readonly check?: boolean;
}

/** Longest list of files, and of lines of a difference, that is printed. */
const mostFiles = 20;
const mostDiffLines = 80;
const mostDiffLinesOfFile = 24;

/** Contracts → files. Errors in the contracts or in what would be written: exit 100, and the old output stays. */
export async function runGenerate(options: GenerateOptions, terminal: Terminal): Promise<ExitCode> {
  const started = performance.now();
  const out = visible(labelOf(options.out) || '.');
  const root = resolve(options.out);
  const now = new Date();
  const contracts = contractsFolder(options.contracts);
  if (root === contracts || root.startsWith(contracts + sep)) {
    throw new UsageError(
      `${out} lies in the folder of the contracts, where generated files would be read as contracts.`,
    );
  }
  const standing = nearestStanding(root);
  if (!statSync(standing).isDirectory()) {
    throw new UsageError(`\`${labelOf(standing)}\` is a file, and --out wants a folder.`);
  }
  const tree = folderTree(contracts, labelOf(options.contracts));
  const [set, loadFindings] = await loadContracts(tree, { now, rules: everyRule.map(({ id }) => id) });
  const refuse = (findings: readonly Finding[]): ExitCode => {
    const errors = findings.filter(isError);
    const textOf = set === undefined ? treeText(tree) : set.textOf;
    terminal.out(
      `${printText(errors, { textOf, ...screenOf(terminal) })}\n${countFindings(errors)}: nothing was written to ${out}\n`,
    );
    return exitCodes.findings;
  };
  if (set === undefined || loadFindings.some(isError)) return refuse(loadFindings);
  const report = check({ after: set, clock: { now }, payload: { compare, budgetMs: 0 } });
  const findings = [...report.workspace, ...report.contracts.flatMap((contract) => contract.findings)];
  if (findings.some(isError)) return refuse(findings);

  const refused = emitters.flatMap((emitter) => emitter.refuses?.(set) ?? []);
  if (refused.some(isError)) return refuse(refused);

  const emitted: { readonly emitter: Emitter; readonly files: readonly OutputFile[] }[] = [];
  for (const emitter of emitters) emitted.push({ emitter, files: await emitter.emit(set) });
  const files = emitted.flatMap((one) => one.files);
  const [plan, planFindings] = fileSystem(() => planOutput(root, out, files));
  if (plan === undefined) return refuse(planFindings);
  const unchanged = new Set(plan.files.filter(({ state }) => state === 'unchanged').map(({ path }) => path));
  for (const one of emitted) await one.emitter.prove?.(one.files.filter(({ path }) => !unchanged.has(path)));
  if (options.check === true) return showCheck(plan, set, out, terminal);
  fileSystem(() => writeOutput(root, plan));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  terminal.out(
    `${summary(plan, set)} in ${seconds} s: ${changes(plan) || 'nothing to write'}\n${listed(plan, out, terminal)}`,
  );
  return exitCodes.clean;
}

/** The folder itself, or the first above it that there is. */
function nearestStanding(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestStanding(dirname(path));
}

function showCheck(plan: Plan, set: ContractSet, out: string, terminal: Terminal): ExitCode {
  const todo = changes(plan) || (plan.manifest.changed ? 'the manifest changed' : '');
  if (todo === '') {
    terminal.out(`${summary(plan, set)}: ${out} is what the contracts say\n`);
    return exitCodes.clean;
  }
  const color = paint(terminal.colour);
  const changed = plan.files.filter(({ state }) => state !== 'unchanged');
  const lines = [
    `${summary(plan, set)}: ${out} is not what the contracts say: ${todo}`,
    listed(plan, out, terminal).trimEnd(),
  ];
  let left = mostDiffLines;
  for (const file of changed) {
    if (left <= 3) break;
    const shown = unifiedDiff(file.before ?? '', file.text, Math.min(left, mostDiffLinesOfFile)).split('\n');
    left -= shown.length + 1;
    lines.push('', color.bold(`${out}/${file.path}`), ...shown.map((line) => painted(visible(line), color)));
  }
  lines.push('', 'way out  run `tenet generate` and commit what it writes');
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.findings;
}

function painted(line: string, color: ReturnType<typeof paint>): string {
  if (line.startsWith('@@')) return color.cyan(line);
  return line.startsWith('+') ? color.green(line) : line.startsWith('-') ? color.red(line) : line;
}

function summary(plan: Plan, set: ContractSet): string {
  return `${amount(set.contracts.length, 'contract')} → ${amount(plan.files.length, 'file')}`;
}

/** `3 changed, 1 pruned`; '' when there is nothing to do. */
function changes({ files, pruned }: Plan): string {
  const parts = [
    [files.filter(({ state }) => state === 'created').length, 'created'],
    [files.filter(({ state }) => state === 'changed').length, 'changed'],
    [pruned.length, 'pruned'],
  ] as const;
  return parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count.toLocaleString('en-US')} ${what}`])).join(', ');
}

function listed(plan: Plan, out: string, terminal: Terminal): string {
  const color = paint(terminal.colour);
  const lines = [
    ...plan.files
      .filter(({ state }) => state !== 'unchanged')
      .map(
        ({ path, state, edited }) => `  ${state}  ${out}/${path}${edited ? ' (was edited by hand: that is lost)' : ''}`,
      ),
    ...plan.pruned.map((path) => `  pruned   ${out}/${path}`),
  ];
  const rest = lines.length - mostFiles;
  const shown = rest > 1 ? [...lines.slice(0, mostFiles), `  … and ${rest.toLocaleString('en-US')} more`] : lines;
  const kept = plan.released.map(
    (path) => `  kept     ${out}/${path} (nothing needs it, but it was edited by hand: it is yours now)`,
  );
  return [...shown.map(color.dim), ...kept].map((line) => `${line}\n`).join('');
}

/** What the disk refuses is said in a sentence; everything else is a bug of ours. */
function fileSystem<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      throw new CannotDo(error.message, 'The old output is still in place.');
    }
    throw error;
  }
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function amount(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
