import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const consumerRemoved: PromiseRule = {
  id: 'promise/consumer-removed',
  severity: 'error',
  summary: 'A consumer leaves a contract by its own team’s decision.',
  why: 'A consumer that is not in the contract has no generated code, no alerts and no say in later changes, but its service may still be running. Its team knows; so its team signs.',
  mirror: { harmless: 'a consumer that is added changes nothing for the others' },
  *check({ before, after }) {
    for (const consumer of before.consumers) {
      if (after.consumers.some(({ name }) => name === consumer.name)) continue;
      const path = ['consumers', consumer.name];
      const heir = after.consumers.find(
        ({ name, owner }) => owner === consumer.owner && !before.consumers.some((old) => old.name === name),
      );
      yield {
        ...field(after, path),
        against: stood(before, path, `was owned by ${consumer.owner}`),
        message: `${consumer.name} (${consumer.owner}) is no longer a consumer: what it still reads is promised to nobody.`,
        consumers: affected(before, [consumer]),
        hint: heir
          ? `if it was renamed to ${heir.name}: that is a new group with a dead letter and a memory of its own, so let both stand until the old one has caught up; ${consumer.owner} then signs an exception`
          : `${consumer.owner} stops the service, then signs an exception for the removal`,
      };
    }
  },
};
