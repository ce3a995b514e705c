import { folderTree } from '../baseline/folder-tree.ts';
import { everyRule } from '../checker/catalogue.ts';
import { changelogOf } from '../checker/changes/changelog.ts';
import { check } from '../checker/index.ts';
import { nearest } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { countFindings } from '../diagnostics/finding-words.ts';
import { printJson } from '../diagnostics/json-printer.ts';
import { printText } from '../diagnostics/text-printer.ts';
import { visible } from '../diagnostics/visible.ts';
import { KnownContracts } from '../loader/known-contracts.ts';
import { loadContracts, treeText } from '../loader/load-contracts.ts';
import type { ContractSet } from '../model/contract-set.ts';
import { compare } from '../schema/index.ts';
import { contractsFolder, labelOf } from './contracts-folder.ts';
import { printDiffJson } from './diff-json.ts';
import { printDiffMarkdown } from './diff-markdown.ts';
import type { DiffScreen } from './diff-sections.ts';
import { printDiffText } from './diff-text.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { loadBaseline } from './load-baseline.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface DiffOptions {
  readonly contracts: string;
  readonly against: string;
  readonly format: 'text' | 'markdown' | 'json';
  readonly now?: Date;
}

/** Work for one pair of schemas, as in `check`. */
const budgetMs = 5000;

/**
 * Prints what changed for consumers. `names`: contracts (`orders.order-placed`, or one major of it,
 * `orders.order-placed@1`); all without any. Whatever changed, the exit code is 0: the gate is `tenet check`.
 */
export async function runDiff(names: readonly string[], options: DiffOptions, terminal: Terminal): Promise<ExitCode> {
  const now = options.now ?? new Date();
  const tree = folderTree(contractsFolder(options.contracts), labelOf(options.contracts));
  const known = new KnownContracts();
  const before = await loadBaseline(options.against, options.contracts, known);
  const [after, findings] = await loadContracts(tree, { now, rules: everyRule.map(({ id }) => id), known });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (after === undefined || errors.length > 0) {
    const textOf = after === undefined ? treeText(tree) : after.textOf;
    terminal.out(refusal(errors, textOf, options, terminal));
    return exitCodes.findings;
  }
  const only = idsOf(names, before, after);
  const report = check({ after, before, clock: { now }, payload: { compare, budgetMs } });
  const screen: DiffScreen = { ...changelogOf(report, { before, after }, only), against: options.against };
  const printers = {
    text: () => printDiffText(screen, terminal),
    markdown: () => printDiffMarkdown(screen),
    json: () => printDiffJson(screen),
  };
  terminal.out(printers[options.format]());
  return exitCodes.clean;
}

/** Contracts that cannot all be read are compared with nothing. */
function refusal(
  errors: readonly Finding[],
  textOf: (path: string) => string | undefined,
  { against, format }: DiffOptions,
  { colour, width }: Terminal,
): string {
  if (format === 'json') return printJson(errors, { command: 'diff', complete: false, against });
  return `${printText(errors, { textOf, colour, width })}\n${countFindings(errors)}: nothing was compared with ${visible(against)}\n`;
}

/** The contracts that were named, of either version. */
function idsOf(names: readonly string[], before: ContractSet, after: ContractSet): ReadonlySet<string> | undefined {
  if (names.length === 0) return undefined;
  const known = [...before.contracts, ...after.contracts].map(({ name, major }) => ({ name, id: `${name}@${major}` }));
  return new Set(
    names.flatMap((wanted) => {
      const found = known.filter(({ name, id }) => wanted === name || wanted === id).map(({ id }) => id);
      if (found.length > 0) return found;
      const near = nearest(
        wanted,
        known.flatMap(({ name, id }) => [name, id]),
      );
      throw new UsageError(
        `there is no contract \`${wanted}\`, now or before.`,
        near === undefined
          ? 'contracts are named as they name themselves, `<domain>.<event>`'
          : `did you mean \`${near}\`?`,
      );
    }),
  );
}
