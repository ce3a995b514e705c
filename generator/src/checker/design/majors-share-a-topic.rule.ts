import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const majorsShareATopic: DesignRule = {
  id: 'design/majors-share-a-topic',
  severity: 'error',
  summary: 'Each major version of an event has a topic of its own.',
  why: 'A new major is what readers of the old one cannot read. Records are told apart by the name of their event, which both majors have: in one topic a consumer of the old major takes the events of the new one for its own, and dead-letters them. With a topic each, both live until the old one is drained.',
  *check(contract, set) {
    if (contract.major === 1) return;
    const older = set.contracts.find(
      ({ name, major, topic }) =>
        name === contract.name && major < contract.major && topic.name === contract.topic.name,
    );
    if (!older) return;
    yield {
      ...field(contract, ['topic', 'name']),
      message: `${contract.name}@${older.major} and @${contract.major} both publish to \`${contract.topic.name}\`, where nothing tells their events apart.`,
      whoPays: 'the owners of the dead letters of the old major',
      consumers: affected(older),
      hint: 'leave `topic.name` out of the new major: it then has a topic of its own',
    };
  },
};
