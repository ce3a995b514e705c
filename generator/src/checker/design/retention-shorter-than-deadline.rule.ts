import { affected } from '../places.ts';
import { lengthOf, textOf } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';
import { topicsBySetting } from '../topic-changes.ts';

export const retentionShorterThanDeadline: DesignRule = {
  id: 'design/retention-shorter-than-deadline',
  severity: 'warning',
  summary: 'The topic keeps events for longer than the longest deadline to look at a failure.',
  why: 'Whoever opens a dead letter wants to see what came before and after it. When the topic forgets earlier than the deadline, the investigation starts without its evidence.',
  *check(contract) {
    const deadlines = contract.consumers.flatMap((consumer) =>
      consumer.deadLetter ? [{ consumer, within: consumer.deadLetter.investigateWithin }] : [],
    );
    const longest = deadlines.reduce<(typeof deadlines)[number] | undefined>(
      (a, b) => (a && a.within.ms >= b.within.ms ? a : b),
      undefined,
    );
    if (!longest) return;
    for (const { topic, where, at, subject } of topicsBySetting(contract, 'retention')) {
      if (lengthOf(topic.retention) >= longest.within.ms) continue;
      yield {
        at,
        subject,
        message: `Events are kept for ${textOf(topic.retention)}${where}, but ${longest.consumer.name} has ${longest.within.text} to look at a dead letter.`,
        whoPays: 'whoever investigates, without the events around the failure',
        consumers: affected(
          contract,
          deadlines.filter(({ within }) => within.ms > lengthOf(topic.retention)).map(({ consumer }) => consumer),
        ),
        hint: `keep events for at least ${longest.within.text}, or shorten the deadline`,
      };
    }
  },
};
