import { expect, test } from 'vitest';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import { countFindings } from '../../../generator/src/diagnostics/finding-words.ts';
import { printJson } from '../../../generator/src/diagnostics/json-printer.ts';
import { printFinding, printText } from '../../../generator/src/diagnostics/text-printer.ts';

const schema = `${'\n'.repeat(10)}{\n  "required": [\n    "orderId", "lines",\n    "currency"\n  ]\n}\n`;

/** The first screen of the product, as findings. */
const required: Finding = {
  rule: 'payload/required-added',
  severity: 'error',
  message: '`currency` is now required: events published before this change are rejected.',
  at: { path: 'contracts/orders/order-placed/v1.schema.json', line: 14, column: 5, endLine: 14, endColumn: 15 },
  against: {
    path: 'origin/main:contracts/orders/order-placed/v1.schema.json',
    line: 13,
    column: 5,
    was: 'was optional',
  },
  contract: 'orders.order-placed',
  consumers: [
    { contract: 'orders.order-placed', consumer: 'fulfillment', team: 'warehouse' },
    { contract: 'orders.order-placed', consumer: 'analytics', team: 'data-platform' },
  ],
  witness: {
    caption: 'an event of yesterday that would be dead-lettered tomorrow',
    event: { orderId: 'o-1', lines: [{ sku: 'a', quantity: 1 }] },
    versions: ['1.0.0', '1.1.0'],
  },
  hint: 'give it a default, or `tenet migrate orders.order-placed` for the three-step migration',
  fingerprint: '0123456789ab',
};

const window: Finding = {
  rule: 'promise/idempotency-window-shortened',
  severity: 'warning',
  message:
    'Events can come back for 21d (retention 7d + replay 7d + rollout 7d), but duplicates are now recognised for 24h only.',
  whoPays: 'whoever handles an order twice',
  at: { path: 'contracts/orders/order-placed/v1.yaml', line: 31, column: 42 },
  contract: 'orders.order-placed',
  fingerprint: 'ba9876543210',
};

const textOf = (path: string) => (path.endsWith('v1.schema.json') ? schema : undefined);

test('the first screen', () => {
  const headings = new Map([
    ['orders.order-placed', 'contracts/orders/order-placed/v1.yaml  orders.order-placed 1.2.0 → 1.3.0'],
  ]);
  expect(printText([required, window], { textOf, colour: false, headings })).toBe(
    `contracts/orders/order-placed/v1.yaml  orders.order-placed 1.2.0 → 1.3.0

  error  payload/required-added
         contracts/orders/order-placed/v1.schema.json:14:5
  \`currency\` is now required: events published before this change are rejected.

      12 │   "required": [
      13 │     "orderId", "lines",
    > 14 │     "currency"
         │     ^^^^^^^^^^ was optional at origin/main, v1.schema.json:13
      15 │   ]

  an event of yesterday that would be dead-lettered tomorrow
      { "orderId": "o-1", "lines": [{ "sku": "a", "quantity": 1 }] }
      against 1.0.0, 1.1.0

  hits  fulfillment (warehouse), analytics (data-platform)
  way out  give it a default, or \`tenet migrate orders.order-placed\` for the
           three-step migration
  permit  fingerprint 0123456789ab, signed by data-platform, warehouse

  warning  promise/idempotency-window-shortened
           contracts/orders/order-placed/v1.yaml:31:42
  Events can come back for 21d (retention 7d + replay 7d + rollout 7d), but
  duplicates are now recognised for 24h only.
  who pays  whoever handles an order twice
`,
  );
});

test('the place stands at the right edge where there is room, and on the next line where there is none', () => {
  const short = { ...window, rule: 'contract/x', at: { path: 'a.yaml', line: 1, column: 2 } };
  const [first = ''] = printFinding(short, { textOf, colour: false }).split('\n');
  expect(first).toHaveLength(80);
  expect(first.endsWith('  a.yaml:1:2')).toBe(true);
  const [wide = ''] = printFinding(window, { textOf, colour: false, width: 120 }).split('\n');
  expect(wide).toHaveLength(120);
  const path = (length: number) => ({ ...short, at: { path: 'p'.repeat(length), line: 1, column: 2 } });
  const fits = 80 - '  warning  contract/x'.length - 2 - ':1:2'.length;
  expect(printFinding(path(fits), { textOf, colour: false }).split('\n')[0]).toHaveLength(80);
  expect(
    printFinding(path(fits + 1), { textOf, colour: false })
      .split('\n')
      .slice(0, 2),
  ).toEqual(['  warning  contract/x', `           ${'p'.repeat(fits + 1)}:1:2`]);
});

test('an event breaks where it does not fit into the width, and long strings are cut', () => {
  const event = {
    orderId: 'order-1',
    customer: { customerId: 'c-1', email: 'someone@example.com' },
    lines: [{ sku: 'sku-1', quantity: 1 }],
    none: [],
    note: 'a'.repeat(1_001),
  };
  const printed = printFinding({ ...required, witness: { caption: 'an event', event } }, { textOf, colour: false });
  expect(printed).toContain(`
  an event
      {
        "orderId": "order-1",
        "customer": { "customerId": "c-1", "email": "someone@example.com" },
        "lines": [{ "sku": "sku-1", "quantity": 1 }],
        "none": [],
        "note": "aaaaaaaaaaaaaaaaaaaaaaaa… (1,001 characters)"
      }
`);
});

test('what stood there goes below the mark where it would pass the width', () => {
  const file = `${'x'.repeat(60)}.yaml`;
  const against = { path: `release-2026-11:${file}`, line: 1, column: 1, was: 'was a string' };
  const line = `${' '.repeat(58)}here\n`;
  const at = { path: file, line: 1, column: 59, endLine: 1, endColumn: 63 };
  expect(
    printFinding({ ...window, at, against }, { textOf: () => line, colour: false })
      .split('\n')
      .slice(5, 9),
  ).toEqual([
    `    > 1 │ ${' '.repeat(58)}here`,
    `        │ ${' '.repeat(58)}^^^^`,
    `        │   was a string at release-2026-11,`,
    `        │   ${'x'.repeat(60)}.yaml:1`,
  ]);
});

test('colour adds escapes and nothing else', () => {
  const plain = printText([required, window], { textOf, colour: false });
  const coloured = printText([required, window], { textOf, colour: true });
  expect(plain).not.toContain('\u001b');
  expect(coloured).toContain('\u001b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is taken out
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});

test('words of users cannot drive the terminal', () => {
  const hostile = 'a\u001b[2Jb\rc\u202ed\u0000\u009b';
  const printed = printFinding(
    {
      ...required,
      message: hostile,
      hint: hostile,
      at: { path: `x${hostile}.yaml`, line: 1, column: 1 },
      witness: { caption: hostile, event: { [hostile]: hostile, __proto__: null } },
    },
    { textOf: () => hostile, colour: false },
  );
  expect(printed).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
});

test('a large event is cut, and says where the rest is', () => {
  const event = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field${index}`, index]));
  const printed = printFinding({ ...required, witness: { caption: 'an event', event } }, { textOf, colour: false });
  expect(printed).toContain('… 62 more lines');
});

test('where nothing can be framed the note is still said', () => {
  expect(printFinding(required, { textOf: () => undefined, colour: false })).toContain(
    '\n  was optional at origin/main, v1.schema.json:13\n',
  );
});

test('findings without a contract stand under their file', () => {
  const { contract: _, ...stray } = window;
  expect(printText([stray], { textOf, colour: false }).split('\n')[0]).toBe('contracts/orders/order-placed/v1.yaml');
});

test('counts', () => {
  expect(countFindings([])).toBe('no findings');
  expect(countFindings([required, required, window])).toBe('2 errors, 1 warning');
});

test('JSON holds everything, in a fixed order, with a version', () => {
  const printed = printJson([required, window], { contracts: 2 });
  expect(JSON.parse(printed)).toEqual({
    version: 1,
    contracts: 2,
    errors: 1,
    warnings: 1,
    notes: 0,
    findings: [required, window],
  });
  expect(Object.keys(JSON.parse(printed).findings[0])).toEqual([
    'rule',
    'severity',
    'fingerprint',
    'message',
    'contract',
    'at',
    'against',
    'consumers',
    'witness',
    'hint',
  ]);
  expect(printed.endsWith('}\n')).toBe(true);
});

/** Erases the screen, opens a control sequence in one byte, turns the direction, hides, ends the line: and an emoji. */
const hostile = 'a\u001b[2J\u009b31m\u202eb\u200bc\u2028d\u{e0041}e\u00ad\r\nf 👩\u200d🚒';

test('what a terminal would obey, or not show, is seen and not executed', () => {
  const finding: Finding = {
    ...required,
    message: hostile,
    hint: hostile,
    whoPays: hostile,
    contract: hostile,
    at: { ...required.at, path: hostile },
    witness: { caption: hostile, event: { [hostile]: hostile }, versions: [hostile] },
    consumers: [{ contract: hostile, consumer: hostile, team: hostile }],
  };
  const text = printText([finding], { textOf: () => `${hostile}\n`.repeat(20), colour: false });
  expect(text.replaceAll('\u200d', '')).toMatch(/^[\n\P{C}]*$/u);
  expect(text).toContain('👩\u200d🚒');
  const json = printJson([finding]);
  expect(json).toMatch(/^[\n\P{C}]*$/u);
  expect(JSON.parse(json).findings[0]).toMatchObject({ message: hostile, witness: { event: { [hostile]: hostile } } });
});
