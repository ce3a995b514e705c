import type { Finding, Severity } from '../../../generator/src/diagnostics/finding.ts';
import type { CheckReport, ContractSection, PrintContext } from '../../../generator/src/diagnostics/report.ts';

export const context: PrintContext = {
  textOf: () => undefined,
  repositoryPath: (path) => path.replace(/^main:/, ''),
  ruleOf: (id) => ({ id, severity: 'error', summary: `Summary of ${id}.`, why: `Why of ${id}.` }),
  version: '1.2.3',
  screen: { colour: false, width: 80 },
};

export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    rule: 'payload/required-added',
    severity: 'error',
    message: '`currency` is new and required: events published before this change are rejected.',
    at: { path: 'contracts/orders/order-placed/v1.yaml', line: 17, column: 14, endLine: 17, endColumn: 22 },
    contract: 'orders.order-placed',
    fingerprint: '0123456789ab',
    ...over,
  };
}

export function findings(amount: number, severity: Severity): Finding[] {
  return Array.from({ length: amount }, (_, index) =>
    aFinding({ severity, message: `${severity} ${index + 1}.`, fingerprint: String(index).padStart(12, '0') }),
  );
}

export function aContract(over: Partial<ContractSection> = {}): ContractSection {
  return {
    id: 'orders.order-placed@1',
    name: 'orders.order-placed',
    path: 'contracts/orders/order-placed/v1.yaml',
    state: 'changed',
    before: '1.0.0',
    after: '1.1.0',
    loosening: [],
    permitted: [],
    findings: [],
    compatible: [],
    ...over,
  };
}

export function aReport(over: Partial<CheckReport> = {}): CheckReport {
  return { against: 'main', nothingBefore: false, complete: true, seconds: 0.25, general: [], contracts: [], ...over };
}

/** Everything that a user, or an attacker in a pull request, may have written is `words`. */
export function reportOf(words: string): CheckReport {
  const finding = aFinding({
    message: `${words} and \`${words}\` ${words}`,
    whoPays: words,
    hint: words,
    at: { path: `contracts/${words}`, line: 1, column: 1 },
    against: { path: `main:contracts/${words}`, line: 1, column: 1, was: words },
    contract: words,
    consumers: [{ contract: words, consumer: words, team: words }],
    witness: { caption: words, event: { [words]: words, list: [words] }, versions: [words] },
  });
  const permitted = { finding, by: [{ team: words, reason: words, expires: '2099-12-31' }] };
  const section = aContract({
    id: words,
    name: words,
    path: `contracts/${words}`,
    before: words,
    after: words,
    loosening: [finding],
    permitted: [permitted],
    findings: [finding, { ...finding, severity: 'warning' }],
    compatible: [words],
  });
  const clean = aContract({ id: words, name: words, compatible: [words] });
  return aReport({ against: words, general: [finding], contracts: [section, clean] });
}

/** Terminal escapes, workflow commands, markup of every kind, half a pair, and what ends a line. */
export const hostileWords: readonly string[] = [
  '\u001b[2J\u001b]8;;file:///etc/passwd\u0007x\u009b31m',
  '::error file=x,line=1::owned',
  '##[stop-commands]token',
  'a\n::add-mask::b\r\nc',
  '%0A::warning::x%25',
  '</failure></testcase><testcase name="forged"/>',
  ']]><!-- " \' & <',
  '\ud800 \udfff \ufffe \uffff \u0000 \u0008',
  '```\n# heading\n```',
  '````json `a` ``b``',
  '<img src=x onerror=alert(1)> <details><script>',
  '[click](javascript:alert(1)) ![x](http://evil.example/p.png) <http://evil.example>',
  'http://evil.example www.evil.example me@evil.example',
  '@admins please merge #1 !2 GH-3 &4',
  '/approve\n/merge',
  '| a | b |\n|---|---|\n| c | d |',
  '[x]: http://evil.example\n\n[x]',
  '{0} {{1}} {',
  'a:b,c=d;e',
  '\u202eright to left\u2066 \u200b',
  '👩\u200d🚒 日本語',
];
