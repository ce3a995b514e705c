import { affected, field, lastingConsumers, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const ownerChanged: PromiseRule = {
  id: 'promise/owner-changed',
  severity: 'warning',
  summary: 'A change of owner is seen by both teams.',
  why: 'Nothing breaks when a contract, a producer or a consumer changes hands, but pages, approvals and exceptions follow the new name from the moment of the merge. The team that gives and the one that takes should both have read this line.',
  mirror: { rule: 'promise/owner-changed' },
  *check(pair) {
    const { before, after } = pair;
    if (before.owner !== after.owner) {
      yield {
        ...field(after, ['owner']),
        against: stood(before, ['owner'], `was ${before.owner}`),
        message: `The contract now belongs to ${after.owner} instead of ${before.owner}.`,
        consumers: affected(after),
        hint: `let ${before.owner} and ${after.owner} both approve the change`,
      };
    }
    for (const { service, owner: is } of after.producers) {
      const was = before.producers.find((producer) => producer.service === service)?.owner;
      if (was === undefined || was === is) continue;
      const path = ['producers', service, 'owner'];
      yield {
        ...field(after, path),
        against: stood(before, path, `was ${was}`),
        message: `${service} now belongs to ${is} instead of ${was}.`,
        consumers: affected(after),
        hint: `let ${was} and ${is} both approve the change`,
      };
    }
    for (const consumer of lastingConsumers(pair)) {
      const [was, is] = [consumer.before.owner, consumer.after.owner];
      if (was === is) continue;
      const path = ['consumers', consumer.after.name, 'owner'];
      yield {
        ...field(after, path),
        against: stood(before, path, `was ${was}`),
        message: `${consumer.after.name} now belongs to ${is} instead of ${was}.`,
        consumers: [...affected(before, [consumer.before]), ...affected(after, [consumer.after])],
        hint: `let ${was} and ${is} both approve the change`,
      };
    }
  },
};
