import { type ContractRule, contractFinding, type Parameters } from '../diagnostics/catalogue.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Exception, Team } from '../model/contract-set.ts';
import { find, positionOf } from './located.ts';
import { present, Reader, unvalidated } from './reader.ts';
import type { SourceFiles } from './source-files.ts';
import { teamReference } from './teams.ts';
import { validate } from './validate.ts';

export interface ExceptionOptions {
  readonly teams: ReadonlyMap<string, Team> | undefined;
  /** Ids that exist; absent: not judged here. */
  readonly rules: readonly string[] | undefined;
  /** Today's ISO date; absent: nothing expires (a baseline is what it was). */
  readonly today: string | undefined;
}

/** The team that signs in a file, `exceptions/<team>.yaml`; undefined for every other file. */
export function signerOf(file: string): string | undefined {
  return /^exceptions\/([^/]+)\.yaml$/.exec(file)?.[1];
}

/** Whether an exception is used, and whether its team is hit at all, is known only after the check. */
export function loadExceptions(
  file: string,
  files: SourceFiles,
  { teams, rules, today }: ExceptionOptions,
): readonly [readonly Exception[] | undefined, readonly Finding[]] {
  const team = signerOf(file);
  const root = files.parsed(file)?.root;
  if (team === undefined || root === undefined) return [undefined, []];
  const wrong = validate('exceptions', root, { called: 'the file', file });
  if (wrong.length > 0) return [undefined, wrong];
  const findings: Finding[] = [];
  if (teams !== undefined)
    findings.push(
      ...teamReference(team, 'whose exceptions this file holds', teams, { at: files.top(file), subject: file }),
    );
  const exceptions = new Reader(root).items('exceptions').map((read, index): Exception => {
    const at = positionOf(find(root, ['exceptions', index]).span);
    const exception: Exception = {
      team,
      rule: read.text('rule') ?? unvalidated('rule'),
      contract: read.text('contract') ?? unvalidated('contract'),
      reason: read.text('reason') ?? unvalidated('reason'),
      expires: read.text('expires') ?? unvalidated('expires'),
      at,
      ...present({ path: read.text('path'), fingerprint: read.text('fingerprint') }),
    };
    const report = <R extends ContractRule>(
      rule: R,
      parameters: Parameters<R>,
      field: string,
      hint: string | undefined,
    ): void => {
      const place = positionOf(find(root, ['exceptions', index, field]).span);
      const subject = `${file}#${exception.rule}#${exception.path ?? exception.fingerprint ?? ''}`;
      findings.push(contractFinding(rule, parameters, { at: place, contract: exception.contract, subject, hint }));
    };
    if (exception.path === undefined && exception.fingerprint === undefined) {
      const hint = 'Without them it would permit everything that the rule ever finds in the contract.';
      report(
        'contract/missing-field',
        { field: 'path` or `fingerprint', where: `\`exceptions[${index}]\`` },
        'rule',
        hint,
      );
    }
    if (rules !== undefined && !rules.includes(exception.rule)) {
      report('contract/exception-unknown-rule', { rule: exception.rule }, 'rule', didYouMean(exception.rule, rules));
    }
    if (today !== undefined && exception.expires < today) {
      const { rule, expires } = exception;
      report(
        'contract/exception-expired',
        { rule, expires },
        'expires',
        'Mend what it permits, or agree on a new day.',
      );
    }
    return exception;
  });
  return [exceptions, findings];
}
