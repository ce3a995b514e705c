/** Apache Kafka through @platformatic/kafka: faster than kafkajs, and its members may be static. */
import type { Broker } from '../broker.ts';
import { brokerOf } from '../kafka/broker.ts';
import type { KafkaOptions, SaslOptions } from '../kafka/options.ts';
import { PlatformaticAdmin } from './admin.ts';
import { PlatformaticCluster } from './cluster.ts';
import { StaticName } from './static-name.ts';
import { maxRecords, openWriter } from './writer.ts';

export type { KafkaOptions, SaslOptions };

export interface PlatformaticOptions extends KafkaOptions {
  /**
   * Makes this process a static member of its groups (`group.instance.id`): when it comes back within the session
   * time-out it has its partitions again, and nothing is shared out anew. Unique among the processes of a service. Absent:
   * the member leaves its groups when it stops.
   */
  readonly instanceId?: string;
}

export function kafka(options: PlatformaticOptions): Broker {
  const name = options.instanceId === undefined ? undefined : new StaticName(options.instanceId);
  return brokerOf({
    name: '@platformatic/kafka',
    features: { drainOnRevoke: true, commitMetadata: true, timestamps: 'create' },
    admin: new PlatformaticAdmin(options, 'tenet-admin'),
    writer: (clientId, acks) => openWriter(options, clientId, acks),
    maxRecords,
    cluster: (consumer, requestTimeoutMs) => new PlatformaticCluster(options, name, consumer, requestTimeoutMs),
  });
}
