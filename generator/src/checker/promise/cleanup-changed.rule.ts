import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const cleanupChanged: PromiseRule = {
  id: 'promise/cleanup-changed',
  severity: 'error',
  summary: 'A topic keeps its way of forgetting.',
  why: 'Compaction deletes all events of a key but the last, so replay no longer shows what happened. Deletion by age removes the last state of keys that are quiet. Whoever reads the topic from the start gets something else than was promised.',
  mirror: { rule: 'promise/cleanup-changed' },
  *check({ before, after }) {
    const was = before.topic.cleanup;
    const is = after.topic.cleanup;
    if (was === is) return;
    const cost =
      is === 'delete'
        ? 'the last state of a quiet key is deleted by age'
        : 'earlier events of a key disappear, and a replay shows the last one only';
    yield {
      ...field(after, ['topic', 'cleanup']),
      against: stood(before, ['topic', 'cleanup'], `was ${was}`),
      message: `Cleanup is now \`${is}\` instead of \`${was}\`: ${cost}.`,
      consumers: affected(before),
      hint: 'keep the topic as it is and publish to a second one, as a new major',
    };
  },
};
