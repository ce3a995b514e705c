import { affected, field } from '../places.ts';
import { topicsThatCount } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

export const replicationCannotHold: DesignRule = {
  id: 'design/replication-cannot-hold',
  severity: 'error',
  summary: 'A topic has at least as many replicas as must be in sync.',
  why: 'With fewer replicas than `minInSync` no write is ever acknowledged; with exactly as many, every restart of a broker stops the producers.',
  *check(contract) {
    for (const { environment, topic } of topicsThatCount(contract)) {
      if (topic.replication >= topic.minInSync) continue;
      yield {
        ...field(contract, ['topic', 'minInSync']),
        message: `\`minInSync: ${topic.minInSync}\` asks for more replicas than \`replication: ${topic.replication}\`${environment === undefined ? '' : ` in \`${environment}\``} has: no event can be published.`,
        whoPays: 'every producer, from the first send',
        consumers: affected(contract),
        hint: `raise \`replication\` to ${topic.minInSync + 1}, so that one broker may be away`,
      };
      return;
    }
  },
};
