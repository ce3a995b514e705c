import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printSarif } from '../../../generator/src/diagnostics/sarif-printer.ts';
import { aContract, aFinding, aReport, context, findings, hostileWords, reportOf } from './a-report.ts';
import { problemsOfSarif } from './official-schemas.ts';

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly Record<string, unknown>[];
  readonly results: readonly Result[];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string; readonly markdown: string };
  readonly suppressions?: readonly unknown[];
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
}

function runOf(printed: string): Run {
  expect(problemsOfSarif(printed)).toEqual([]);
  const log: { runs: Run[] } = JSON.parse(printed);
  const [run] = log.runs;
  if (run === undefined) throw new Error('a log without a run');
  return run;
}

const sarif = (over: Parameters<typeof aReport>[0]) => runOf(printSarif(aReport(over), context));

test('one result: what, where, where it stood, whom it hits, and the event as data', () => {
  const witness = { caption: 'an event of yesterday', event: { order: { id: 'o-1' }, lines: [] }, versions: ['1.0.0'] };
  const consumers = [{ contract: 'orders.order-placed', consumer: 'fulfillment', team: 'warehouse' }];
  const { message: _, ...finding } = aFinding({
    witness,
    consumers,
    hint: 'give it a default',
    against: {
      path: 'main:contracts/orders/order-placed/v1.yaml',
      line: 16,
      column: 3,
      endColumn: 11,
      was: 'was not declared',
    },
  });
  const { results } = sarif({ general: [{ ...finding, message: '`currency` is required.' }] });
  expect(results).toEqual([
    {
      ruleId: 'payload/required-added',
      ruleIndex: 0,
      level: 'error',
      message: {
        text: '`currency` is required.\nAn event of yesterday (against 1.0.0): /order/id = "o-1", /lines = []\nHits: fulfillment (warehouse)\nWay out: give it a default',
        markdown:
          '`currency` is required.\n\nAn event of yesterday (against 1.0.0):\n\n```text\n/order/id = "o-1"\n/lines = []\n```\n\n- **hits** fulfillment (warehouse)\n- **way out** give it a default',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'contracts/orders/order-placed/v1.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 17, startColumn: 14, endLine: 17, endColumn: 22 },
          },
          logicalLocations: [
            { name: 'orders.order-placed', fullyQualifiedName: 'orders.order-placed', kind: 'module' },
          ],
        },
      ],
      relatedLocations: [
        {
          id: 0,
          physicalLocation: {
            artifactLocation: { uri: 'contracts/orders/order-placed/v1.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 16, startColumn: 3, endLine: 16, endColumn: 11 },
          },
          message: { text: 'was not declared at main' },
        },
      ],
      partialFingerprints: { 'tenetFinding/v1': '0123456789ab' },
      properties: { consumers, witness },
    },
  ]);
});

test('every rule that has a result is described once, and results point at it', () => {
  const rules = ['a/x', 'a/y', 'a/x'];
  const { tool, results } = sarif({ general: rules.map((rule) => aFinding({ rule })) });
  expect(tool.driver.rules).toEqual(
    ['a/x', 'a/y'].map((id) => ({
      id,
      shortDescription: { text: `Summary of ${id}.` },
      fullDescription: { text: `Why of ${id}.` },
      help: { text: `Summary of ${id}.\n\nWhy of ${id}.`, markdown: `Summary of ${id}.\n\nWhy of ${id}.` },
      defaultConfiguration: { level: 'error' },
      properties: { tags: ['event-contracts', 'a'] },
    })),
  );
  expect(results.map(({ ruleId, ruleIndex }) => [ruleId, ruleIndex])).toEqual([
    ['a/x', 0],
    ['a/y', 1],
    ['a/x', 0],
  ]);
});

test('what exceptions permit comes first, suppressed by each team that signed', () => {
  const by = ['warehouse', 'data-platform'].map((team) => ({ team, reason: 'Agreed.', expires: '2099-12-31' }));
  const permitted = [{ finding: aFinding({ message: 'Permitted one.' }), by }];
  const { results } = sarif({ contracts: [aContract({ permitted, loosening: [aFinding({ message: 'Loosened.' })] })] });
  expect(results[0]?.suppressions).toEqual([
    { kind: 'external', status: 'accepted', justification: 'warehouse until 2099-12-31: Agreed.' },
    { kind: 'external', status: 'accepted', justification: 'data-platform until 2099-12-31: Agreed.' },
  ]);
  expect(results[1]?.message.text).toBe('Loosened.');
  expect(results[1]).not.toHaveProperty('suppressions');
});

test('the invocation ends as the command does', () => {
  const invocation = (over: Parameters<typeof aReport>[0]) => sarif(over).invocations[0];
  expect(invocation({ general: findings(1, 'warning') })).toMatchObject({ executionSuccessful: true, exitCode: 0 });
  expect(invocation({ general: findings(1, 'error') })).toMatchObject({ executionSuccessful: true, exitCode: 100 });
  expect(invocation({ complete: false, general: findings(1, 'error') })).toMatchObject({ executionSuccessful: false });
});

test('more results than GitHub takes are cut to the gravest, and said', () => {
  const general = [...findings(25_001, 'note'), ...findings(1, 'error')];
  const log: { runs: Run[] } = JSON.parse(printSarif(aReport({ general }), context));
  const [run] = log.runs;
  expect(run?.results).toHaveLength(25_000);
  expect(run?.results[0]?.level).toBe('error');
  expect(run?.invocations[0]?.toolExecutionNotifications).toEqual([
    { level: 'warning', message: { text: '2 more results were left out: run `tenet check` to see all.' } },
  ]);
});

test('a path is an address: escaped, relative, without the tree that it came from', () => {
  const at = { path: 'main:contracts/a b/ä#1?.yaml', line: 1, column: 1 };
  const { results } = sarif({ general: [aFinding({ at })] });
  expect(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('contracts/a%20b/%C3%A4%231%3F.yaml');
});

test('braces and links of a message are those of its words', () => {
  const { results } = sarif({ general: [aFinding({ message: 'Say {0} and [click](1).' })] });
  expect(results[0]?.message).toEqual({
    text: 'Say {{0}} and \\[click](1).',
    markdown: 'Say \\{{0\\}} and \\[click\\](1).',
  });
});

function isSafe(words: string): void {
  const printed = printSarif(reportOf(words), context);
  expect(printed).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
  for (const { message } of runOf(printed).results) {
    expect(message.text.replaceAll(/\{\{|\}\}/g, '')).not.toMatch(/[{}]/);
    expect(message.text).not.toMatch(/(?<!\\)\[[^\]]*\]\(/);
  }
}

test.each(hostileWords.map((words) => [words]))('%j leaves the log valid', (words) => isSafe(words));

test('any words do', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), isSafe), { numRuns: 30 });
});
