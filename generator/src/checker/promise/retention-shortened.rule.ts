import type { Consumer, Topic } from '../../model/contract.ts';
import { affected } from '../places.ts';
import { lengthOf, listed, textOf } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';
import { changedTopics } from '../topic-changes.ts';

export const retentionShortened: PromiseRule = {
  id: 'promise/retention-shortened',
  severity: 'error',
  summary: 'Events are kept for as long as a consumer may replay, investigate or recognise them.',
  why: 'A consumer that was promised to replay a week finds three days. The broker deletes by the new setting at once, also what was published under the old one: this cannot be taken back.',
  mirror: {
    harmless:
      'what is kept longer can still be ignored; the idempotency window is held against it by design/idempotency-window-too-short',
  },
  *check(pair) {
    const { before } = pair;
    for (const { was, is, where, subject, at, stood } of changedTopics(pair, 'retention')) {
      if (lengthOf(is.retention) >= lengthOf(was.retention)) continue;
      const hit = before.consumers.flatMap((consumer) => {
        const needs = needsOf(consumer, was, is);
        return needs.length === 0 ? [] : [{ consumer, needs }];
      });
      if (hit.length === 0) continue;
      const text = textOf(was.retention);
      yield {
        at,
        subject,
        against: stood(`was ${text}`),
        message: `Events are now kept for ${textOf(is.retention)} instead of ${text}${where}: ${listed(hit.map(({ consumer, needs }) => `${consumer.name} counts on ${listed(needs)}`))}.`,
        consumers: affected(
          before,
          hit.map(({ consumer }) => consumer),
        ),
        hint: 'shorten what the consumers count on first, with their teams’ consent; what the broker has deleted is gone',
      };
    }
  },
};

function needsOf(consumer: Consumer, was: Topic, is: Topic): string[] {
  const left = lengthOf(is.retention);
  const needs: string[] = [];
  if (lengthOf(consumer.replayWindow) > left) needs.push(`a replay of ${textOf(consumer.replayWindow)}`);
  const deadline = consumer.deadLetter?.investigateWithin;
  if (deadline && deadline.ms > left) needs.push(`${deadline.text} to investigate`);
  // A window outlives the retention by design; below it goes only what stood above it.
  const window = consumer.idempotency?.window;
  const goesBelow = window && window.ms > left && lengthOf(was.retention) >= window.ms;
  if (window && window.ms > left && (goesBelow || needs.length > 0)) {
    needs.push(`an idempotency window of ${window.text}`);
  }
  return needs;
}
