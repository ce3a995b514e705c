import type { Finding } from './finding.ts';
import {
  type CheckReport,
  type ContractSection,
  countReport,
  findingsOfContract,
  type PermittedFinding,
  type PrintContext,
  permissionWords,
} from './report.ts';
import { printFinding } from './text-printer.ts';
import { visible } from './visible.ts';

/**
 * JUnit's XML as GitLab, Jenkins and GitHub's reporters read it: a suite for each contract. An error is a failed test;
 * a warning changes no exit code, so it is a passed test with its words as output; what exceptions permit is a skipped
 * test that says who signed; a contract with nothing to say is one passed test.
 */
export function printJunit(report: CheckReport, context: PrintContext): string {
  const general: Suite = {
    name: 'workspace',
    cases: report.general.map((finding) => findingCase(finding, 'workspace', context)),
  };
  const suites = [
    ...report.contracts
      .filter(({ loosening }) => loosening.length > 0)
      .map((section) => contractSuite(section, context)),
    ...(general.cases.length > 0 ? [general] : []),
    ...report.contracts
      .filter(({ loosening }) => loosening.length === 0)
      .map((section) => contractSuite(section, context)),
  ];
  const all = { name: `tenet check · ${countReport(report).join(' · ')}`, cases: suites.flatMap(({ cases }) => cases) };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: all.name, ...counts(all), time: report.seconds.toFixed(3) })}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly name: string;
  /** File of the contract. */
  readonly file?: string;
  readonly cases: readonly TestCase[];
}

interface TestCase {
  readonly name: string;
  readonly classname: string;
  /** The one element inside, or none. */
  readonly outcome?: {
    readonly element: 'failure' | 'skipped' | 'system-out';
    readonly message?: string;
    readonly type?: string;
    readonly text?: string;
  };
}

function contractSuite(section: ContractSection, context: PrintContext): Suite {
  const { id, path, permitted, compatible, state } = section;
  const cases = [
    ...permitted.map((one) => permittedCase(one, id)),
    ...findingsOfContract(section).map((finding) => findingCase(finding, id, context)),
  ];
  const clean: TestCase = {
    name: state === 'unchanged' ? 'is unchanged' : 'keeps its promises',
    classname: id,
    ...(compatible.length === 0 ? {} : { outcome: { element: 'system-out', text: compatible.join('\n') } }),
  };
  return { name: id, file: context.repositoryPath(path), cases: cases.length === 0 ? [clean] : cases };
}

function findingCase(finding: Finding, classname: string, { textOf }: PrintContext): TestCase {
  const { rule, message, severity } = finding;
  const text = printFinding(finding, { textOf, colour: false });
  return {
    name: `${rule}: ${message}`,
    classname,
    outcome: severity === 'error' ? { element: 'failure', message, type: rule, text } : { element: 'system-out', text },
  };
}

function permittedCase(permitted: PermittedFinding, classname: string): TestCase {
  const { rule, message } = permitted.finding;
  const words = permissionWords(permitted).join('; ');
  return { name: `${rule}: ${message}`, classname, outcome: { element: 'skipped', message: `permitted by ${words}` } };
}

function counts({ cases }: Suite): Record<'tests' | 'failures' | 'errors', string> {
  const failures = cases.filter(({ outcome }) => outcome?.element === 'failure').length;
  return { tests: String(cases.length), failures: String(failures), errors: '0' };
}

function suiteLines(suite: Suite): string[] {
  const { name, file, cases } = suite;
  const skipped = String(cases.filter(({ outcome }) => outcome?.element === 'skipped').length);
  const head = { name, ...counts(suite), skipped, ...(file === undefined ? {} : { file }) };
  return [`  <testsuite ${attributes(head)}>`, ...cases.flatMap(caseLines), '  </testsuite>'];
}

function caseLines({ name, classname, outcome }: TestCase): string[] {
  const head = `    <testcase ${attributes({ name, classname })}`;
  if (outcome === undefined) return [`${head}/>`];
  const { element, message, type, text } = outcome;
  const own = attributes({ ...(message === undefined ? {} : { message }), ...(type === undefined ? {} : { type }) });
  const open = `      <${element}${own === '' ? '' : ` ${own}`}`;
  return [`${head}>`, text === undefined ? `${open}/>` : `${open}>${content(text)}</${element}>`, '    </testcase>'];
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${content(visible(value)).replaceAll('"', '&quot;')}"`)
    .join(' ');
}

/** Lines stay apart; characters that XML 1.0 cannot write are gone with what is invisible. */
function content(text: string): string {
  return text
    .split('\n')
    .map(visible)
    .join('\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
