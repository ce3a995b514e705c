/** Kafka forgets an empty group after a week, or somebody deletes it; the database remembers its last generation. */
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../conformance/suite.ts';
import { type Ground, ground } from './ground.ts';

let on: Ground;

beforeEach(async () => {
  on = await ground(inject('kafkaBrokers'), inject('postgresUrl'));
});
afterEach(() => on.close());

async function generations(): Promise<readonly number[]> {
  const { rows } = await on.pool.query<{ generation: number }>(
    'select generation::integer from tenet.partition_owner order by partition',
  );
  return rows.map(({ generation }) => generation);
}

test('a group that was deleted between two runs goes on, and repeats no effect', async () => {
  const first = on.picking();
  await first.start();
  const second = on.picking();
  await second.start();
  await eventually(async () => (await generations()).every((generation) => generation > 1), 'a second generation');
  await second.stop();
  await on.publish(Array.from({ length: 30 }, (_, i) => on.order(`o-${i}`)));
  await eventually(async () => (await on.picks()).length === 30, 'thirty picks');
  await first.stop();
  const before = await generations();
  expect(before.every((generation) => generation > 1)).toBe(true);

  const admin = on.kafka.admin();
  await admin.connect();
  await admin.deleteGroups([on.group]);
  await admin.disconnect();
  await on.publish(Array.from({ length: 10 }, (_, i) => on.order(`o-${i + 30}`)));
  const third = on.picking();
  await third.start();
  await eventually(async () => (await on.picks()).length >= 40, 'forty picks');
  // From the first offset again, since the group's offsets went with it: everything is recognised.
  await eventually(() => third.readiness().ready, 'readiness');
  expect(await generations()).toEqual([1, 1, 1]);
  await third.stop();
  expect((await on.picks()).map(({ orderId }) => orderId).sort()).toEqual(
    Array.from({ length: 40 }, (_, i) => `o-${i}`).sort(),
  );
  expect(on.log.incidents).toEqual([]);
}, 60_000);
