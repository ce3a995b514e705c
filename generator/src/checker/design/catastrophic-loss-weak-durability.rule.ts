import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';
import { topicsBySetting } from '../topic-changes.ts';

export const catastrophicLossWeakDurability: DesignRule = {
  id: 'design/catastrophic-loss-weak-durability',
  severity: 'error',
  summary: 'Where a lost event is a catastrophe, it is acknowledged by two brokers at least.',
  why: 'An event that only one broker holds dies with its disk. `acks: all` waits for the replicas in sync, and `minInSync` says how many there must be: with 1, `all` may mean the leader alone. The built-in environment `local` is exempt.',
  *check(contract) {
    if (contract.stakes.loss !== 'catastrophic') return;
    for (const { service, acks } of contract.producers) {
      if (acks === 'all') continue;
      yield {
        ...field(contract, ['producers', service, 'acks']),
        message: `${service} publishes with \`acks: ${acks}\`, although a lost event is catastrophic.`,
        whoPays: 'every consumer, at the first broker that fails before its followers have caught up',
        consumers: affected(contract),
        hint: 'remove `acks` (the default is `all`)',
      };
    }
    for (const { topic, where, at, subject } of topicsBySetting(contract, 'minInSync')) {
      if (topic.minInSync >= 2) continue;
      yield {
        at,
        subject,
        message: `A lost event is catastrophic, but \`minInSync: ${topic.minInSync}\`${where} lets one broker alone acknowledge it.`,
        whoPays: 'every consumer, when that broker’s disk dies',
        consumers: affected(contract),
        hint: '`minInSync: 2` with `replication: 3` survives the loss of one broker without stopping',
      };
    }
  },
};
