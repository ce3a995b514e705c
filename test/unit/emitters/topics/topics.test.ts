import { describe, expect, test } from 'vitest';
import { topics } from '../../../../generator/src/emitters/topics/topics.emitter.ts';
import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import { expectGolden, filesOf } from '../golden.ts';
import { aCarelessConsumer, aConsumer, aContract, aDeadLetter, aSet, hostile, size, time } from '../sample-set.ts';

const topic = aContract().topic;
const lossy = { maxInFlight: 500, maxWaiting: 5000, approvedBy: 'shop' };

const cases: Readonly<Record<string, ContractSet>> = {
  'dead-letters': aSet([aContract({ consumers: [aConsumer(), aCarelessConsumer()] })]),
  environments: aSet([
    aContract({
      environments: [
        { name: 'local', topic: { ...topic, replication: 1, minInSync: 1 } },
        { name: 'staging', topic: { ...topic, name: 'staging.shop.sold.v1', partitions: 2, retention: time('1h') } },
      ],
      consumers: [aConsumer()],
    }),
  ]),
  'kept-for-ever': aSet([
    aContract({ topic: { ...topic, retention: 'forever', cleanup: 'compact', maxMessage: size('5 MiB') } }),
  ]),
  'shared-dead-letters': aSet([
    aContract({
      consumers: [aConsumer('a', { deadLetter: aDeadLetter({ topic: 'shared.dlq', retention: time('3d') }) })],
    }),
    aContract({
      name: 'shop.paid',
      event: 'paid',
      topic: { ...topic, name: 'shop.paid.v1', partitions: 12, maxMessage: size('2 MiB') },
      consumers: [aConsumer('a', { deadLetter: aDeadLetter({ topic: 'shared.dlq', retention: 'forever' }) })],
    }),
  ]),
  losses: aSet([
    aContract({
      environments: [
        { name: 'staging', topic: { ...topic, name: 'staging.shop.sold.v1', partitions: 2, retention: 'forever' } },
      ],
      consumers: [
        aConsumer('block'),
        aConsumer('newest', { owner: 'till', backpressure: { ...lossy, policy: 'drop-newest' } }),
        aConsumer('sampled', { backpressure: { ...lossy, policy: 'sample', keepOneIn: 10 } }),
        aConsumer('scaled', { backpressure: { ...lossy, policy: 'scale' } }),
      ],
    }),
    aContract({
      name: 'shop.paid',
      event: 'paid',
      topic: { ...topic, name: 'shop.paid.v1', retention: time('365d') },
      consumers: [aConsumer('oldest', { backpressure: { ...lossy, policy: 'drop-oldest', maxLag: 10 } })],
    }),
  ]),
  stream: aSet([aContract(), aContract({ name: 'shop.unsold', event: 'unsold' })]),
  nothing: aSet([]),
};

describe('topics', () => {
  test.each(Object.entries(cases))('%s', async (name, set) => {
    await expectGolden(topics, name, set);
  });

  test('what a contract says stays a string', async () => {
    const set = aSet([aContract({ topic: { ...topic, name: hostile }, consumers: [aConsumer()] })]);
    const file = JSON.parse((await filesOf(topics, set))['topics/base.json'] ?? '');
    expect(file.topics[0].topic).toBe(hostile);
    expect(Object.values(file.topics[1].config).every((value) => typeof value === 'string')).toBe(true);
  });
});
