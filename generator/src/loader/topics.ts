import type { Topic } from '../model/contract.ts';
import { topicName } from '../model/naming.ts';
import { parseSize } from '../model/units.ts';
import { type Reader, unvalidated } from './reader.ts';
import type { Environment } from './workspace.ts';

/** `topic` of a contract, with the defaults of the table. */
export function resolveTopic(read: Reader, name: string, major: number): Topic {
  return {
    name: read.text('name') ?? topicName(name, major),
    partitions: read.number('partitions') ?? unvalidated('partitions'),
    replication: read.number('replication') ?? 3,
    minInSync: read.number('minInSync') ?? 2,
    retention: read.durationOrForever('retention') ?? unvalidated('retention'),
    cleanup: read.choice('cleanup', ['delete', 'compact', 'compact,delete']) ?? 'delete',
    maxMessage: read.size('maxMessage') ?? parseSize('1 MiB') ?? unvalidated('maxMessage'),
  };
}

/** The topic as an environment has it. `retention: forever` of the contract gives way too: a laptop has no for ever. */
export function overlayTopic(
  topic: Topic,
  { topicPrefix, maxPartitions, replication, minInSync, retention }: Environment,
): Topic {
  return {
    ...topic,
    name: topicPrefix + topic.name,
    partitions: Math.min(topic.partitions, maxPartitions ?? topic.partitions),
    replication: replication ?? topic.replication,
    minInSync: minInSync ?? topic.minInSync,
    retention: retention ?? topic.retention,
  };
}
