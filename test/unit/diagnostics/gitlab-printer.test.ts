import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printGitlab } from '../../../generator/src/diagnostics/gitlab-printer.ts';
import { aContract, aFinding, aReport, context, findings, hostileWords, reportOf } from './a-report.ts';
import { problemsOfGitlab } from './official-schemas.ts';

interface Issue {
  readonly description: string;
  readonly severity: string;
  readonly fingerprint: string;
}

test('one issue, as the official form wants it', () => {
  const finding = aFinding({ hint: 'give it a default', witness: { caption: 'an event', event: { a: 1 } } });
  const printed = printGitlab(aReport({ general: [finding] }), context);
  expect(JSON.parse(printed)).toEqual([
    {
      type: 'issue',
      check_name: 'payload/required-added',
      categories: ['Compatibility'],
      description:
        '`currency` is new and required: events published before this change are rejected. · An event: {"a":1} · Way out: give it a default',
      severity: 'critical',
      fingerprint: '0123456789ab',
      location: { path: 'contracts/orders/order-placed/v1.yaml', lines: { begin: 17, end: 17 } },
    },
  ]);
  expect(problemsOfGitlab(printed)).toEqual([]);
});

test('what exceptions permit comes first and weighs nothing, then what loosens the gate', () => {
  const by = [{ team: 'warehouse', reason: 'Agreed.', expires: '2099-12-31' }];
  const loosened = aContract({
    permitted: [{ finding: aFinding({ message: 'Permitted one.' }), by }],
    loosening: [aFinding({ message: 'Loosened.' })],
    findings: [...findings(1, 'warning'), ...findings(1, 'note')],
  });
  const issues: Issue[] = JSON.parse(printGitlab(aReport({ contracts: [loosened] }), context));
  expect(issues.map(({ severity, description }) => [severity, description])).toEqual([
    ['info', 'Permitted: Permitted one. · warehouse until 2099-12-31: Agreed.'],
    ['critical', 'Loosened.'],
    ['minor', 'warning 1.'],
    ['info', 'note 1.'],
  ]);
});

test('a long event is cut in the one line that GitLab shows', () => {
  const event = {
    note: 'a'.repeat(100),
    ...Object.fromEntries(findings(100, 'note').map((_, at) => [`field${at}`, at])),
  };
  const printed = printGitlab(aReport({ general: [aFinding({ witness: { caption: 'an event', event } })] }), context);
  const [issue]: Issue[] = JSON.parse(printed);
  expect(issue?.description).toMatch(/ · An event: \{"note":"a{24}… \(100 characters\)","field0":0,.{400,450}…$/);
});

test('no two issues share a fingerprint', () => {
  const issues: Issue[] = JSON.parse(printGitlab(aReport({ general: [aFinding(), aFinding(), aFinding()] }), context));
  expect(issues.map(({ fingerprint }) => fingerprint)).toEqual(['0123456789ab', '0123456789ab-2', '0123456789ab-3']);
});

test('nothing found is an empty list', () => {
  expect(printGitlab(aReport(), context)).toBe('[]\n');
});

function isSafe(words: string): void {
  const printed = printGitlab(reportOf(words), context);
  expect(problemsOfGitlab(printed)).toEqual([]);
  expect(printed).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
}

test.each(hostileWords.map((words) => [words]))('%j leaves the report valid', (words) => isSafe(words));

test('any words do', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), isSafe), { numRuns: 30 });
});
