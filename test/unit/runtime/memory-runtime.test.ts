import { memoryRuntime } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { anOrder, atLeastOnce, effectivelyOnce, orderPlaced } from './orders.ts';

test('an event that is delivered three times is handled three times at-least-once', async () => {
  const runtime = memoryRuntime();
  const seen: string[] = [];
  runtime.consume(atLeastOnce(), async (order, { attempt, key }) => {
    seen.push(`${order.orderId} ${attempt} ${key}`);
  });
  await runtime.deliver(orderPlaced(), anOrder('o-1'), { times: 3 });
  expect(seen).toEqual(['o-1 1 o-1', 'o-1 1 o-1', 'o-1 1 o-1']);
  await runtime.stop();
});

test('an event that is delivered three times takes effect once effectively-once', async () => {
  const runtime = memoryRuntime();
  let handled = 0;
  runtime.consume(effectivelyOnce(), async (order, { tx }) => {
    handled += 1;
    tx.write(`picks/${order.orderId}`, order.revision);
  });
  await runtime.deliver(orderPlaced(), anOrder('o-1'), { times: 3 });
  expect(handled).toBe(1);
  await runtime.stop();
});

test('only effectively-once has a transaction to give', () => {
  const runtime = memoryRuntime();
  // @ts-expect-error tx is not in the context of at-least-once
  runtime.consume(atLeastOnce(), (_order, { tx }) => tx);
  runtime.consume(effectivelyOnce({ name: 'other' }), (_order, { tx }) => tx.write('place', 1));
});
