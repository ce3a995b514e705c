/** The comment is read as GitHub would: parsed, and judged by what is displayed. */
import fc from 'fast-check';
import { lexer, type Token, walkTokens } from 'marked';
import { expect, test } from 'vitest';
import { longestComment, printMarkdown } from '../../../generator/src/diagnostics/markdown-printer.ts';
import { aContract, aFinding, aReport, context, findings, hostileWords, reportOf } from './a-report.ts';

const by = [{ team: 'warehouse', reason: 'Agreed.', expires: '2099-12-31' }];

test('the answer, what loosens the gate, what breaks, what breaks nobody, the count', () => {
  const broken = aFinding({
    against: { path: 'main:contracts/orders/order-placed/v1.yaml', line: 16, column: 3, was: 'was not declared' },
    witness: { caption: 'an event of yesterday', event: { orderId: 'o-1' }, versions: ['1.0.0', '1.1.0'] },
    consumers: [{ contract: 'orders.order-placed', consumer: 'fulfillment', team: 'warehouse' }],
    hint: 'give it a default',
  });
  const report = aReport({
    general: [aFinding({ rule: 'exception/unused', severity: 'warning', message: 'Unused.' })],
    contracts: [
      aContract({
        loosening: [aFinding({ rule: 'promise/compatibility-loosened', message: 'Compatibility is now `none`.' })],
        permitted: [{ finding: aFinding({ rule: 'promise/delivery-weakened', message: 'Events can be lost.' }), by }],
        findings: [broken],
        compatible: ['+ /giftNote optional'],
      }),
      aContract({ id: 'orders.order-paid@1', name: 'orders.order-paid', state: 'added', after: '1.0.0' }),
      aContract({ id: 'orders.order-cancelled@1', name: 'orders.order-cancelled', state: 'unchanged' }),
    ],
  });
  const place = '`contracts/orders/order-placed/v1.yaml:17:14`';
  expect(printMarkdown(report, context)).toBe(`## ✗ Blocked: 2 errors, 1 warning

Event contracts, compared with \`main\`.

### The gate is loosened

**error** \`promise/compatibility-loosened\` · ${place}

Compatibility is now \`none\`.

- **permit** fingerprint 0123456789ab, signed by the owner

**permitted** \`promise/delivery-weakened\` · ${place}

Events can be lost.

- signed by warehouse until 2099-12-31: Agreed.

### The workspace

**warning** \`exception/unused\` · ${place}

Unused.

### orders.order-placed 1.0.0 → 1.1.0

\`contracts/orders/order-placed/v1.yaml\`

**error** \`payload/required-added\` · ${place}

\`currency\` is new and required: events published before this change are rejected.

Was not declared at \`main\`, line 16.

An event of yesterday (against 1.0.0, 1.1.0):

\`\`\`json
{ "orderId": "o-1" }
\`\`\`

- **hits** fulfillment (warehouse)
- **way out** give it a default
- **permit** fingerprint 0123456789ab, signed by warehouse

Breaks nobody:

- \\+ /giftNote optional

### orders.order-paid 1.0.0 (new)

\`contracts/orders/order-placed/v1.yaml\`

Nothing to say.

---

2 errors, 1 warning in 1 of 3 contracts · 1 unchanged
`);
});

const firstLine = (over: Parameters<typeof aReport>[0]) => printMarkdown(aReport(over), context).split('\n')[0];

test('the first line answers the question, in words', () => {
  expect(firstLine({})).toBe('## ✓ Passed: no findings');
  expect(firstLine({ general: findings(2, 'warning') })).toBe('## ✓ Passed: 2 warnings');
  expect(firstLine({ general: findings(1, 'error') })).toBe('## ✗ Blocked: 1 error');
  expect(firstLine({ complete: false, general: findings(1, 'error') })).toBe(
    '## ✗ Not checked: the contracts could not all be read (1 error)',
  );
});

test('what stood in another file is named with it', () => {
  const against = { path: 'released/orders/v1.yaml', line: 3, column: 1, was: 'was `4h`' };
  const printed = printMarkdown(aReport({ general: [aFinding({ against })] }), context);
  expect(printed).toContain('\nWas `4h` at `released/orders/v1.yaml:3`.\n');
});

test.each([
  [longestComment, 2_000],
  [longestComment * 2, 2_000],
  [4_000, 40],
])('a comment of at most %i bytes leaves whole findings out, and says how many of %i', (bytes, amount) => {
  const report = aReport({
    contracts: [aContract({ findings: [...findings(amount, 'error'), aFinding({ severity: 'note' })] })],
  });
  const printed = printMarkdown(report, context, bytes);
  expect(Buffer.byteLength(printed)).toBeLessThanOrEqual(bytes);
  expect(Buffer.byteLength(printed)).toBeGreaterThan(bytes * 0.85);
  const shown = printed.match(/^\*\*error\*\*/gm)?.length ?? 0;
  const left = (amount - shown).toLocaleString('en-US');
  expect(printed).toContain(
    `\n\n**Left out here for want of room:** ${left} errors, 1 note. \`tenet check --against main\` prints all.\n\n---\n`,
  );
});

test('a report that fits is whole', () => {
  const report = aReport({ contracts: [aContract({ findings: findings(20, 'error') })] });
  expect(printMarkdown(report, context).match(/^\*\*error\*\*/gm)).toHaveLength(20);
  expect(printMarkdown(report, context)).not.toContain('Left out');
});

/** What a review tool makes of the text beside words: all of it must be ours. */
function constructs(printed: string): readonly string[] {
  const found = new Set<string>();
  walkTokens(lexer(printed, { gfm: true }), (token: Token) => {
    found.add(token.type);
  });
  return [...found].sort();
}

/** What is displayed, without code: in it review tools look for mentions, references, links and commands. */
function displayed(printed: string): string {
  const words: string[] = [];
  walkTokens(lexer(printed, { gfm: true }), (token: Token) => {
    if (token.type === 'text' && !('tokens' in token && token.tokens)) words.push(token.text);
    else if (token.type === 'escape') words.push(token.text);
    else words.push('\n');
  });
  return words.join('').replaceAll('&#8203;', '\u200b');
}

const ours = [
  'code',
  'codespan',
  'escape',
  'heading',
  'hr',
  'list',
  'list_item',
  'paragraph',
  'space',
  'strong',
  'text',
];

function isSafe(words: string): void {
  const printed = printMarkdown(reportOf(words), context);
  expect(constructs(printed).filter((kind) => !ours.includes(kind))).toEqual([]);
  expect(printed.match(/^#+ /gm)).toHaveLength(5);
  expect(displayed(printed)).not.toMatch(/@\w|#\d|!\d|:\/\/|www\./i);
  expect(printed).not.toMatch(/^\//m);
  const blocks = lexer(printed).filter(({ type }) => type === 'code');
  for (const block of blocks) expect(() => JSON.parse('text' in block ? String(block.text) : '')).not.toThrow();
  expect(blocks).toHaveLength(4);
}

test.each(hostileWords.map((words) => [words]))('%j stays words', (words) => isSafe(words));

test('any words stay words', () => {
  const unit = fc.constantFrom(...'`*_[]()<>|~&{}$#!@\\/-+=.:1a \n\u200b"');
  fc.assert(fc.property(fc.string({ unit, maxLength: 24 }), isSafe), { numRuns: 300 });
});
