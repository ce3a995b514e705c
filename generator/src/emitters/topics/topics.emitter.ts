/**
 * The topics as they should be, for the base contracts and for every environment: plain JSON whose entries are what
 * `createTopics` of the runtime's broker port takes.
 */
import type { ContractSet } from '../../model/contract-set.ts';
import type { Emitter } from '../emitter.ts';
import { desiredTopics } from './desired-topics.ts';

export const topics: Emitter = {
  name: 'topics',
  emit: (set) => [
    { path: 'topics/base.json', text: topicsFile(set, undefined) },
    ...environmentsOf(set).map((name) => ({
      path: `topics/environments/${name}.json`,
      text: topicsFile(set, name),
    })),
  ],
};

/** Names of the environments; every contract carries all of them, in one order. */
function environmentsOf(set: ContractSet): readonly string[] {
  return [...new Set(set.contracts.flatMap(({ environments }) => environments.map(({ name }) => name)))];
}

function topicsFile(set: ContractSet, environment: string | undefined): string {
  const file = { environment: environment ?? null, topics: desiredTopics(set, environment) };
  return `${JSON.stringify(file, null, 2)}\n`;
}
