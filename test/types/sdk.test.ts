import { expect, test } from 'vitest';
import { compile } from './compile.ts';

const imports = `
import { BatchError, type ConsumerDescriptor, createRuntime, type Runtime } from '@tenet/runtime';
import { orderPlaced, type OrderPlaced, type OrderPlacedInput } from '@tenet/events/orders';
import { paymentCaptured, type PaymentCaptured } from '@tenet/events/payments';
import { anOrderPlaced } from '@tenet/events/testing';
declare const checkout: Runtime<'checkout-api', { query(text: string): Promise<void> }>;
declare const stranger: Runtime<'stranger', unknown>;
declare const batched: ConsumerDescriptor<OrderPlaced, 'at-least-once', 'batch'>;
declare const batchedOnce: ConsumerDescriptor<OrderPlaced, 'effectively-once', 'batch'>;
declare const order: OrderPlaced;
declare const input: OrderPlacedInput;
declare const payment: PaymentCaptured;
void [BatchError, batched, batchedOnce, createRuntime, orderPlaced, paymentCaptured, anOrderPlaced, checkout, stranger, order, input, payment];
export {};`.trim();

const first = imports.split('\n').length + 1;

/** What the compiler says, by the line of the piece; the file's own lines do not count. */
const pieces = {
  'declared-service': `await checkout.producer(orderPlaced).send(order);`,
  'undeclared-service': `stranger.producer(orderPlaced);`,
  'default-left-out': `await checkout.producer(orderPlaced).send({ ...order, lines: [{ sku: 'a', quantity: 1 }] });
const { channel: _, ...rest } = order;
await checkout.producer(orderPlaced).send(rest);`,
  'default-is-there': `checkout.consume(orderPlaced.analytics, ({ channel, lines }) => {
  const seen: 'web' | 'app' | 'phone' = channel;
  const wrapped: boolean | undefined = lines[0]?.giftWrap;
  return [seen, wrapped];
});`,
  'default-of-an-input': `const seen: 'web' | 'app' | 'phone' = input.channel;\nvoid seen;`,
  'required-left-out': `const { orderId: _, ...rest } = order;\nawait checkout.producer(orderPlaced).send(rest);`,
  'undeclared-member': `await checkout.producer(orderPlaced).send({ ...order, color: 'red' });`,
  'brand-wanted': `await checkout.producer(orderPlaced).send({ ...order, orderId: 'o-1' });`,
  'brand-not-wanted-in-tests': `const made: OrderPlaced = anOrderPlaced({ orderId: 'o-1' });\nvoid made;`,
  'same-brand-in-two-files': `const id: OrderPlaced['orderId'] = payment.orderId;\nvoid id;`,
  'other-brand': `const id: OrderPlaced['orderId'] = payment.paymentId;\nvoid id;`,
  'tx-of-effectively-once': `checkout.consume(orderPlaced.fulfillment, (_, { tx }) => tx.query('insert'));`,
  'no-tx-of-at-least-once': `checkout.consume(orderPlaced.analytics, (_, { tx }) => tx);`,
  'a-batch-is-an-array': `checkout.consume(batched, (orders, { events, signal }) => {
  const revisions: readonly number[] = orders.map(({ revision }) => revision);
  if (signal.aborted) throw new BatchError([[0, new Error(String(events[0]?.offset))]]);
  return revisions;
});`,
  'a-batch-is-no-event': `checkout.consume(batched, (order) => order.revision);`,
  'an-event-is-no-batch': `checkout.consume(orderPlaced.analytics, (orders) => orders.map(String));`,
  'tx-of-a-batch-once': `checkout.consume(batchedOnce, (_, { tx }) => tx.query('insert'));`,
  'no-tx-of-a-batch': `checkout.consume(batched, (_, { tx }) => tx);`,
  'tag-narrows': `const { method } = payment;
if (method.kind === 'card') void [method.lastFour, method.network];
else void method.reference;`,
  'tag-not-asked': `void payment.method.lastFour;`,
  'nothing-is-changed': `order.revision = 2;\norder.lines.push({ sku: 'a', quantity: 1, giftWrap: false });`,
  'a-consumer-is-named': `checkout.consume(orderPlaced.marketing, () => {});`,
};

const expected: Readonly<Record<keyof typeof pieces, readonly (string | RegExp)[]>> = {
  'declared-service': [],
  'undeclared-service': [/^1: .*this service is not a producer of the contract/],
  'default-left-out': [],
  'default-is-there': [],
  'default-of-an-input': [/^1: Type '.* \| undefined' is not assignable/],
  'required-left-out': [/^2: .*Property 'orderId' is missing/],
  'undeclared-member': [/^1: .*'color' does not exist in type 'OrderPlacedInput'/],
  'brand-wanted': [/^1: Type 'string' is not assignable to type 'OrderId'/],
  'brand-not-wanted-in-tests': [],
  'same-brand-in-two-files': [],
  'other-brand': [/^1: Type 'PaymentId' is not assignable to type 'OrderId'/],
  'tx-of-effectively-once': [],
  'no-tx-of-at-least-once': [/^1: Property 'tx' does not exist on type 'HandlerContext'/],
  'a-batch-is-an-array': [],
  'a-batch-is-no-event': [/^1: Property 'revision' does not exist on type 'readonly OrderPlaced\[\]'/],
  'an-event-is-no-batch': [/^1: Property 'map' does not exist on type 'OrderPlaced'/],
  'tx-of-a-batch-once': [],
  'no-tx-of-a-batch': [/^1: Property 'tx' does not exist on type 'BatchContext'/],
  'tag-narrows': [],
  'tag-not-asked': [/^1: Property 'lastFour' does not exist on type 'BankTransfer \| CardPayment'/],
  'nothing-is-changed': [
    /^1: Cannot assign to 'revision' because it is a read-only/,
    /^2: Property 'push' does not exist/,
  ],
  'a-consumer-is-named': [/^1: Property 'marketing' does not exist/],
};

const said = compile(Object.fromEntries(Object.entries(pieces).map(([name, code]) => [name, `${imports}\n${code}`])));

for (const [name, wanted] of Object.entries(expected)) {
  test(name, () => {
    const lines = (said[name] ?? ['0: was not compiled']).map((text) =>
      text.replace(/^\d+/, (line) => String(Number(line) - first + 1)),
    );
    expect(lines).toEqual(wanted.map((pattern) => expect.stringMatching(pattern)));
  });
}
