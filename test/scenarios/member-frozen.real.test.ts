/** A member is frozen beyond its session, in the middle of its handlers, and thawed when another one has its work. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../conformance/suite.ts';
import { type Ground, ground, pick } from './ground.ts';

let on: Ground;
let child: ChildProcess | undefined;

beforeEach(async () => {
  on = await ground(inject('kafkaBrokers'), inject('postgresUrl'));
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await on.close();
});

test('a frozen member that thaws finds itself fenced, applies nothing, and goes on', async () => {
  const setting = { brokers: inject('kafkaBrokers'), database: on.url, topic: on.topic };
  const frozen = fork(join(import.meta.dirname, 'frozen-picking.ts'), [JSON.stringify(setting)]);
  child = frozen;
  const said: string[] = [];
  frozen.on('message', (word) => said.push(String(word)));
  const count = (word: string) => said.filter((one) => one === word).length;
  const ids = Array.from({ length: 60 }, (_, i) => `o-${i}`);
  await on.publish(ids.flatMap((id) => [on.order(id, 1), on.order(id, 2)]));
  await eventually(() => said.includes('inside'), 'a handler inside its transaction', 20_000);
  frozen.kill('SIGSTOP');
  const before = (await on.picks()).length;
  expect(before).toBeLessThan(120);

  let startedWhileFrozen = 0;
  const other = on.picking(async (order, place) => {
    startedWhileFrozen += 1;
    await pick(order, place);
  });
  await other.start();
  // Records that the frozen member holds wait for its claims; everything else goes on.
  await eventually(() => startedWhileFrozen > 20, 'the work of another member', 20_000);
  frozen.kill('SIGCONT');
  await eventually(async () => (await on.picks()).length >= 120, 'every pick', 20_000);
  // Its handlers ran to their end, and came to nothing.
  await eventually(() => count('outside') === count('inside'), 'the end of the handlers that were frozen');

  // It is a member again, and works.
  said.length = 0;
  await eventually(async () => {
    const more = Array.from({ length: 12 }, (_, i) => on.order(`p-${Date.now()}-${i}`));
    await on.publish(more);
    return said.includes('outside');
  }, 'a handler of the thawed one');
  const repeated = (await on.picks()).map(({ orderId, revision }) => `${orderId}/${revision}`);
  expect(repeated.length).toBe(new Set(repeated).size);
  for (const id of ids) {
    const own = (await on.picks()).filter(({ orderId }) => orderId === id).map(({ revision }) => revision);
    expect([id, own]).toEqual([id, [1, 2]]);
  }
  await other.stop();
}, 60_000);
