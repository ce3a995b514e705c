// What kafkajs answers, in the words of the port of requests.
import { KafkaJSNotImplemented, KafkaJSOffsetOutOfRange } from 'kafkajs';
import { expect, test } from 'vitest';
import { groupCluster } from '../../../../runtime/src/broker/kafkajs/cluster.ts';
import type { KafkajsBroker, KafkajsCluster } from '../../../../runtime/src/broker/kafkajs/internals.ts';

const request = {
  maxWaitTime: 100,
  maxBytes: 1000,
  maxBytesPerPartition: 500,
  from: [
    { topic: 't', partition: 0, offset: 5n },
    { topic: 't', partition: 1, offset: 7n },
  ],
};

function fetching(answer: KafkajsBroker['fetch']) {
  const broker: Pick<KafkajsBroker, 'fetch'> = { fetch: answer };
  const cluster = { findBroker: async () => broker } as unknown as KafkajsCluster;
  return groupCluster(cluster).fetch(1, request);
}

test('a fetch is one request for all partitions, of committed records, each from where it stands', async () => {
  let asked: unknown;
  await fetching(async (what) => {
    asked = what;
    return { responses: [] };
  });
  expect(asked).toEqual({
    isolationLevel: 1,
    maxWaitTime: 100,
    minBytes: 1,
    maxBytes: 1000,
    topics: [
      {
        topic: 't',
        partitions: [
          { partition: 0, fetchOffset: '5', maxBytes: 500 },
          { partition: 1, fetchOffset: '7', maxBytes: 500 },
        ],
      },
    ],
  });
});

test('an offset that is out of range is an answer about one partition', async () => {
  const lost = Object.assign(Object.create(KafkaJSOffsetOutOfRange.prototype), {
    name: 'KafkaJSOffsetOutOfRange',
    topic: 't',
    partition: 1,
  });
  const answers = await fetching(() => Promise.reject(lost));
  expect(answers).toEqual([{ topic: 't', partition: 1, error: 'OFFSET_OUT_OF_RANGE' }]);
});

test('a codec that nobody registered is refused, and what to do is said', async () => {
  const missing = Object.assign(Object.create(KafkaJSNotImplemented.prototype), {
    name: 'KafkaJSNotImplemented',
    message: 'Snappy compression not implemented',
  });
  await expect(fetching(() => Promise.reject(missing))).rejects.toMatchObject({
    reason: 'refused',
    message: expect.stringMatching(
      /^t cannot be read: Snappy compression not implemented\. Register a codec with kafkajs/,
    ),
  });
});
