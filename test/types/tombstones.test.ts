/** What handlers and producers meet in the types of a contract that takes tombstones, and of one that does not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from './compile.ts';

const golden = join(
  import.meta.dirname,
  '../fixtures/emit/sdk/hand-written-services/expected/src/returns/order-placed',
);
const imports = `
import type { Runtime } from '@tenet/runtime';
import { orderPlaced as taking } from './taking.js';
import { orderPlaced as refusing } from '@tenet/events/orders';
declare const till: Runtime<'till', never>;
declare const checkout: Runtime<'checkout-api', never>;
void [taking, refusing, till, checkout];`.trim();
const first = imports.split('\n').length + 1;

const cases: Readonly<Record<string, readonly [code: string, ...expected: RegExp[]]>> = {
  'a handler has to think of it': [
    'till.consume(taking.billing, (order) => order.id);\ntill.consume(taking.billing, (order) => order?.id);',
    /^1: 'order' is possibly 'null'/,
  ],
  'a producer sends one for a key': [
    `const producer = till.producer(taking);
await producer.tombstone('o-1');
await producer.tombstone(1);`,
    /^3: Argument of type 'number' is not assignable to parameter of type 'string'/,
  ],
  'an event is still an event': [
    `await till.producer(taking).send({ id: 'o-1' });
await till.producer(taking).send(null);`,
    /^2: Argument of type 'null' is not assignable/,
  ],
  'where the contract takes none there is nothing to call': [
    `await checkout.producer(refusing).tombstone('o-1');`,
    /^1: Property 'tombstone' does not exist/,
  ],
};

const said = compile({
  taking: readFileSync(join(golden, 'v1.ts'), 'utf8'),
  ...Object.fromEntries(Object.values(cases).map(([code], n) => [`case${n}`, `${imports}\n${code}`])),
});

for (const [n, [name, [, ...wanted]]] of Object.entries(cases).entries()) {
  test(name, () => {
    const lines = (said[`case${n}`] ?? ['0: was not compiled']).map((text) =>
      text.replace(/^\d+/, (line) => String(Number(line) - first + 1)),
    );
    expect(lines).toEqual(wanted.map((pattern) => expect.stringMatching(pattern)));
  });
}
