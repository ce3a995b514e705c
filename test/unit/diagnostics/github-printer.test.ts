/** What is printed is held to GitHub's own toolkit: the same annotation, through its functions. */
import * as toolkit from '@actions/core';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { printGithub } from '../../../generator/src/diagnostics/github-printer.ts';
import { aContract, aFinding, aReport, context, findings, hostileWords, reportOf } from './a-report.ts';

interface Command {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

const commandLine = /^::(error|warning|notice) ([^:]*)::(.*)$/;

/** The runner's side: one line back into an annotation. */
function parsed(line: string): Command {
  const [, level = '', properties = '', message = ''] = commandLine.exec(line) ?? [];
  const unescaped = (text: string): string =>
    text.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const pairs = properties.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), unescaped(pair.slice(at + 1))] as const;
  });
  return { level, properties: Object.fromEntries(pairs), message: unescaped(message) };
}

/** What GitHub's toolkit prints for the annotation that was read. */
function byToolkit({ level, properties, message }: Command): string {
  const { file, line, endLine, col, endColumn, title } = properties;
  const place = {
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file }),
    startLine: Number(line),
    endLine: Number(endLine),
    ...(col === undefined ? {} : { startColumn: Number(col), endColumn: Number(endColumn) }),
  };
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    if (level === 'error') toolkit.error(message, place);
    else if (level === 'warning') toolkit.warning(message, place);
    else toolkit.notice(message, place);
    return String(write.mock.calls[0]?.[0]).replace(/\r?\n$/, '');
  } finally {
    write.mockRestore();
  }
}

/** Properties in any order are the same command. */
function sameCommand(line: string): void {
  const printed = parsed(line);
  expect(parsed(byToolkit(printed))).toEqual(printed);
  expect(byToolkit(printed).length).toBe(line.length);
}

test('one annotation: the sentence, the event that proves it, who is hit, the way out', () => {
  const finding = aFinding({
    witness: { caption: 'an event of yesterday', event: { orderId: 'o-1' }, versions: ['1.0.0'] },
    consumers: [{ contract: 'orders.order-placed', consumer: 'fulfillment', team: 'warehouse' }],
    hint: 'give it a default',
  });
  const [line = '', last, ...rest] = printGithub(aReport({ contracts: [aContract({ findings: [finding] })] }), context)
    .trimEnd()
    .split('\n');
  expect(line).toBe(
    '::error file=contracts/orders/order-placed/v1.yaml,line=17,endLine=17,col=14,endColumn=22,' +
      'title=payload/required-added in orders.order-placed::`currency` is new and required: events published before ' +
      'this change are rejected.%0A%0AAn event of yesterday (against 1.0.0):%0A{ "orderId": "o-1" }%0A%0A' +
      'Hits: fulfillment (warehouse)%0AWay out: give it a default',
  );
  expect(last).toBe('1 error in 1 of 1 contract · 0 unchanged');
  expect(rest).toEqual([]);
  sameCommand(line);
});

test('what loosens the gate stands first, then errors, warnings and notes', () => {
  const by = [{ team: 'warehouse', reason: 'Agreed.', expires: '2099-12-31' }];
  const report = aReport({
    general: findings(1, 'note'),
    contracts: [
      aContract({
        permitted: [{ finding: aFinding({ message: 'Permitted.' }), by }],
        loosening: [aFinding({ message: 'Loosened.' })],
        findings: [...findings(1, 'warning'), ...findings(1, 'error')],
      }),
    ],
  });
  const lines = printGithub(report, context).trimEnd().split('\n').slice(0, -1).map(parsed);
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['notice', 'Permitted.\nwarehouse until 2099-12-31: Agreed.'],
    ['error', 'Loosened.'],
    ['error', 'error 1.'],
    ['warning', 'warning 1.'],
    ['notice', 'note 1.'],
  ]);
});

test('GitHub shows ten of a level: the tenth says how many more there are', () => {
  const report = (amount: number) => aReport({ contracts: [aContract({ findings: findings(amount, 'warning') })] });
  const messages = (amount: number) =>
    printGithub(report(amount), context)
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .map((line) => parsed(line).message);
  expect(messages(13)[9]).toBe('warning 10.\n\n3 more of this level: see the log.');
  expect(messages(13)).toHaveLength(13);
  expect(messages(10)[9]).toBe('warning 10.');
});

test('a large event is cut, and says where the rest is', () => {
  const event = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`field${at}`, at]));
  const report = aReport({ general: [aFinding({ witness: { caption: 'an event', event } })] });
  const { message } = parsed(printGithub(report, context).split('\n')[0] ?? '');
  expect(message.split('\n')).toHaveLength(44);
  expect(message).toMatch(/… 62 more lines: see --format json$/);
});

test('columns are for places within one line', () => {
  const at = { path: 'a.yaml', line: 3, column: 5, endLine: 9, endColumn: 2 };
  const line = printGithub(aReport({ general: [aFinding({ at })] }), context).split('\n')[0] ?? '';
  expect(line).toMatch(/^::error file=a\.yaml,line=3,endLine=9,title=/);
});

test('what looks escaped stays what it is', () => {
  const finding = aFinding({ message: '100 %0A, a:b', contract: 'a,b:c%2C' });
  const line = printGithub(aReport({ general: [finding] }), context).split('\n')[0] ?? '';
  expect(line).toMatch(/,title=payload\/required-added in a%2Cb%3Ac%252C::100 %250A, a:b$/);
});

test('a clean report is one line', () => {
  expect(printGithub(aReport({ contracts: [aContract({ state: 'unchanged' })] }), context)).toBe(
    'no findings in 1 contract · 1 unchanged\n',
  );
});

function isSafe(words: string): void {
  const lines = printGithub(reportOf(words), context).slice(0, -1).split('\n');
  for (const line of lines.slice(0, -1)) sameCommand(line);
  expect(lines).toHaveLength(6);
  expect(lines.join('')).not.toMatch(/##\[|[\p{Cc}\u202a-\u202e]/u);
  expect(lines.at(-1)).toMatch(/^\d+ errors/);
}

test.each(hostileWords.map((words) => [words]))('%j makes no command of its own', (words) => isSafe(words));

test('no words do', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), isSafe), { numRuns: 30 });
});
