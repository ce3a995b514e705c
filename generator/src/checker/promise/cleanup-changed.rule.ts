import type { Topic } from '../../model/contract.ts';
import { affectedByTopic, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const cleanupChanged: PromiseRule = {
  id: 'promise/cleanup-changed',
  severity: 'error',
  summary: 'A topic keeps its way of forgetting.',
  why: 'Compaction deletes all events of a key but the last, so replay no longer shows what happened. Deletion by age removes the last state of keys that are quiet. Whoever reads the topic from the start gets something else than was promised.',
  mirror: { rule: 'promise/cleanup-changed' },
  *check({ before, after }, sets) {
    const was = before.topic.cleanup;
    const is = after.topic.cleanup;
    if (was === is) return;
    yield {
      ...field(after, ['topic', 'cleanup']),
      against: stood(before, ['topic', 'cleanup'], `was ${was}`),
      message: `Cleanup is now \`${is}\` instead of \`${was}\`: ${cost(was, is)}.`,
      consumers: affectedByTopic(sets, before, ({ topic }) => topic.cleanup),
      hint: 'keep the topic as it is and publish to a second one, as a new major',
    };
  },
};

type Cleanup = Topic['cleanup'];

function cost(was: Cleanup, is: Cleanup): string {
  const [compacts, ages] = [is !== 'delete', is !== 'compact'];
  if (was === 'delete' && compacts) return 'earlier events of a key disappear, and a replay shows the last one only';
  if (was === 'compact' && ages) return 'the last state of a quiet key is deleted by age';
  return compacts
    ? 'nothing is deleted by age any more, and old events can come back for ever'
    : 'every event stays until its age, and a replay shows more than the last one of a key';
}
