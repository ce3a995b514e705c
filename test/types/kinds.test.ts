/** What handlers and producers meet in the types that one schema of every kind gives (the golden case `kinds-of-types`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from './compile.ts';

const golden = join(import.meta.dirname, '../fixtures/emit/sdk/kinds-of-types/expected/src/shop/sold/v1.ts');
const imports = `
import type { Json, Node, Sold, SoldInput } from './sold.js';
declare const sold: Sold;
declare const made: { node: Node; json: Json; input: SoldInput };
void [sold, made];`.trim();
const first = imports.split('\n').length + 1;

/** A piece of a service, and what the compiler says to it. */
const cases: Readonly<Record<string, readonly [code: string, ...expected: RegExp[]]>> = {
  'nullable: null has to be thought of': [
    'const length: number | undefined = sold.note?.length;\nsold.note.length;\nvoid length;',
    /^2: 'sold.note' is possibly/,
  ],
  'nullable: null may be sent, undefined may not': [
    `const a: SoldInput = { ...made.input, note: null };
const b: SoldInput = { ...made.input, note: undefined };
void [a, b];`,
    /^2: .*exactOptionalPropertyTypes/,
  ],
  'an enumeration of several types narrows by its values': [
    `if (sold.kind === 3) { const three: 3 = sold.kind; void three; }
else if (sold.kind !== null) { const text: 'till' | 'web' = sold.kind; void text; }
if (sold.kind === 'shop') void 0;`,
    /^3: This comparison appears to be unintentional/,
  ],
  'a map: any name, perhaps nothing there': [
    `const price: number | undefined = sold.prices?.['tea'];
const sure: number = (sold.prices ?? {})['tea'];
void [price, sure];`,
    /^2: Type 'number \| undefined' is not assignable/,
  ],
  'a tuple knows its slots': [
    `const [text, count]: readonly [string, number?] = sold.pair;
const longest: SoldInput['pair'] = ['a', 1, 2];
const shortest: SoldInput['pair'] = ['a'];
void [text.length, count?.toFixed(), longest, shortest];`,
    /^2: Type '\[string, number, number\]' is not assignable/,
  ],
  'a recursive type goes on': [
    `const label: Node | undefined = made.node.children?.[0]?.children?.[0];
const json: Json = [['a'], [['b']]];
const wrong: Json = [['a', 1]];
void [label, json, wrong];`,
    /^3: Type 'number' is not assignable to type 'Json'/,
  ],
  'a tagged union narrows; its default is there for handlers and may be left out by producers': [
    `const { payment } = sold;
if (payment?.by === 'card') { const network: string = payment.network; void network; }
else void payment?.by satisfies 'cash' | undefined;
const sent: SoldInput = { ...made.input, payment: { by: 'card' } };
const seen: Sold = { ...sold, payment: { by: 'card' } };
void [sent, seen];`,
    /^5: .*Property 'network' is missing/,
  ],
  'a tag that is none of them': [
    `const sent: SoldInput = { ...made.input, payment: { by: 'cheque' } };\nvoid sent;`,
    /^1: Type '"cheque"' is not assignable to type '"card" \| "cash"'/,
  ],
  'nothing is changed in place': [
    `sold.pair[0] = 'b';\nsold.tree?.children?.push(made.node);`,
    /^1: Cannot assign to '0' because it is a read-only/,
    /^2: Property 'push' does not exist/,
  ],
  'a place about which the schema says nothing': ['sold.nothing.length;', /^1: 'sold.nothing' is of type 'unknown'/],
};

const said = compile({
  sold: readFileSync(golden, 'utf8'),
  ...Object.fromEntries(Object.entries(cases).map(([_, [code]], n) => [`case${n}`, `${imports}\n${code}`])),
});

test('the golden file compiles, but for the validators that golden files leave out', () => {
  expect(said.sold?.filter((text) => !/Cannot find name '\$(?:check|project|fill)Sold'/.test(text))).toEqual([]);
});

for (const [n, [name, [, ...expected]]] of Object.entries(cases).entries()) {
  test(name, () => {
    const lines = (said[`case${n}`] ?? ['0: was not compiled']).map((text) =>
      text.replace(/^\d+/, (line) => String(Number(line) - first + 1)),
    );
    expect(lines).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
}
