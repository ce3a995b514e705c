import { changelogOf } from '../checker/changes/changelog.ts';
import { nearest } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { countFindings } from '../diagnostics/finding-words.ts';
import { printJson } from '../diagnostics/json-printer.ts';
import { printText } from '../diagnostics/text-printer.ts';
import { visible } from '../diagnostics/visible.ts';
import type { ContractSet } from '../model/contract-set.ts';
import { contractId } from '../model/naming.ts';
import { printDiffJson } from './diff-json.ts';
import { printDiffMarkdown } from './diff-markdown.ts';
import type { DiffScreen } from './diff-sections.ts';
import { printDiffText } from './diff-text.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type ChangeOptions, judgeChange } from './judge-change.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface DiffOptions extends ChangeOptions {
  readonly format: 'text' | 'markdown' | 'json';
}

/**
 * Prints what changed for consumers. `names`: contracts (`orders.order-placed`, or one major of it,
 * `orders.order-placed@1`); all without any. Whatever changed, the exit code is 0: the gate is `tenet check`.
 */
export async function runDiff(names: readonly string[], options: DiffOptions, terminal: Terminal): Promise<ExitCode> {
  const { after, baseline, loaderFindings, report, textOf } = await judgeChange({ ...options, otherwise: 'HEAD' });
  const against = baseline?.name ?? '';
  const errors = loaderFindings.filter(({ severity }) => severity === 'error');
  if (after === undefined || baseline === undefined || report === undefined || errors.length > 0) {
    terminal.out(refusal(errors, textOf, { against, format: options.format }, terminal));
    return exitCodes.findings;
  }
  const { set: before } = baseline;
  const screen: DiffScreen = {
    ...changelogOf(report, { before, after }, idsOf(names, before, after)),
    against: baseline.words ?? against,
  };
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
  { against, format }: { readonly against: string; readonly format: DiffOptions['format'] },
  { colour, width }: Terminal,
): string {
  if (format === 'json') return printJson(errors, { command: 'diff', complete: false, against });
  return `${printText(errors, { textOf, colour, width })}\n${countFindings(errors)}: nothing was compared with ${visible(against)}\n`;
}

/** The contracts that were named, of either version. */
function idsOf(names: readonly string[], before: ContractSet, after: ContractSet): ReadonlySet<string> | undefined {
  if (names.length === 0) return undefined;
  const known = [...before.contracts, ...after.contracts].map((each) => ({ name: each.name, id: contractId(each) }));
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
