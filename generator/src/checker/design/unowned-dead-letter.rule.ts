import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const unownedDeadLetter: DesignRule = {
  id: 'design/unowned-dead-letter',
  severity: 'error',
  summary: 'Every consumer that can fail has a dead letter, and its owner is a team of owners.yaml.',
  why: 'A record that nobody owns is a lost record with a longer path. Name the team that will open it: `deadLetter: { owner, investigateWithin }`, at the top of the contract or on the consumer.',
  *check(contract, set) {
    for (const consumer of contract.consumers) {
      if (consumer.delivery === 'at-most-once' && !consumer.deadLetter) continue;
      const owner = consumer.deadLetter?.owner;
      if (owner !== undefined && set.teams.has(owner)) continue;
      yield {
        ...promiseOf(contract, consumer, owner === undefined ? ['deadLetter'] : ['deadLetter', 'owner']),
        message:
          owner === undefined
            ? `A record that fails has nowhere to go: ${consumer.delivery} needs \`deadLetter\`.`
            : `The dead letter belongs to \`${owner}\`, which is no team of owners.yaml.`,
        whoPays: 'whoever finds the missing events weeks later',
        consumers: affected(contract, [consumer]),
        hint: 'name a team of owners.yaml: `deadLetter: { owner: <team>, investigateWithin: 4h }`',
      };
    }
  },
};
