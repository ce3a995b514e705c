/** Apache Kafka through kafkajs: the default adapter of the broker port. */
import type { Broker } from '../broker.ts';
import { brokerOf } from '../kafka/broker.ts';
import type { KafkaOptions, SaslOptions } from '../kafka/options.ts';
import { KafkajsAdmin } from './admin.ts';
import { createClient } from './client.ts';
import { groupCluster } from './cluster.ts';
import { clusterOf } from './internals.ts';
import { maxRecords, openWriter } from './writer.ts';

export type { KafkaOptions, SaslOptions };

/** Retries beyond these are the loop's of the consumer, where they can be seen and ended. */
const groupRetry = { retries: 2, initialRetryTime: 100, maxRetryTime: 500 };

export function kafka(options: KafkaOptions): Broker {
  return brokerOf({
    name: 'kafkajs',
    features: { drainOnRevoke: true, commitMetadata: true, timestamps: 'create' },
    admin: new KafkajsAdmin(options, 'tenet-admin'),
    writer: (clientId, acks) => openWriter(options, clientId, acks),
    maxRecords,
    cluster: ({ clientId, group }, requestTimeoutMs) =>
      groupCluster(clusterOf(createClient(options, { clientId, retry: groupRetry, requestTimeoutMs }), group)),
  });
}
