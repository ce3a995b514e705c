import { affected } from '../places.ts';
import type { PromiseRule } from '../rule.ts';
import { changedTopics } from '../topic-changes.ts';

export const replicationLowered: PromiseRule = {
  id: 'promise/replication-lowered',
  severity: 'error',
  summary: 'Events stay on as many brokers as was promised.',
  why: '`replication` says how many brokers hold an event, `minInSync` how many must have it before it counts as published. Fewer of either means that one broken disk may take events along that producers believed safe.',
  mirror: { harmless: 'more copies lose less' },
  *check(pair) {
    const { before } = pair;
    for (const setting of ['replication', 'minInSync'] as const) {
      for (const { was, is, where, subject, at, stood } of changedTopics(pair, setting)) {
        if (is[setting] >= was[setting]) continue;
        yield {
          at,
          subject,
          against: stood(`was ${was[setting]}`),
          message:
            setting === 'replication'
              ? `${is.replication} instead of ${was.replication} brokers hold an event${where}.`
              : `An event counts as published when ${is.minInSync} instead of ${was.minInSync} brokers have it${where}.`,
          consumers: affected(before),
          hint: 'keep the number, or let the teams that rely on the events sign an exception',
        };
      }
    }
  },
};
