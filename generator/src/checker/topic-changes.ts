import type { AgainstPosition, Position } from '../diagnostics/finding.ts';
import type { Contract, Topic } from '../model/contract.ts';
import { field, stood } from './places.ts';
import type { ContractPair } from './rule.ts';

export interface TopicSetting {
  readonly topic: Topic;
  /** `` in `staging` `` for an overlay, nothing for the contract itself. */
  readonly where: string;
  readonly subject: string;
  /** Where the contract, or the overlay of `tenet.yaml`, says it. */
  readonly at: Position;
}

/** The topic by the contract, then in every environment but `local` where an overlay gives the setting another value. */
export function* topicsBySetting(contract: Contract, setting: keyof Topic): Iterable<TopicSetting> {
  const { topic: own } = contract;
  yield { topic: own, where: '', ...field(contract, ['topic', setting]) };
  for (const { name, topic } of contract.environments) {
    if (name !== 'local' && text(topic, setting) !== text(own, setting))
      yield { topic, ...overlay(contract, name, setting) };
  }
}

/** Where `tenet.yaml` overlays a setting, and how findings call it. */
function overlay(contract: Contract, name: string, setting: keyof Topic): Omit<TopicSetting, 'topic'> {
  return {
    where: ` in \`${name}\``,
    subject: `/environments/${name}/${setting}`,
    at: contract.source.locate(overlayPath(name, setting)),
  };
}

function overlayPath(name: string, setting: keyof Topic): readonly string[] {
  return ['environments', name, overlays[setting] ?? setting];
}

export interface TopicChange {
  readonly was: Topic;
  readonly is: Topic;
  /** `` in `staging` `` for an overlay, nothing for the contract itself. */
  readonly where: string;
  readonly subject: string;
  /** Where the contract, or the overlay of `tenet.yaml`, says it. */
  readonly at: Position;
  /** The same place in the baseline, with the words for what stood there. */
  stood(was: string): AgainstPosition;
  /** The setting as another contract has it in the same place. */
  of(contract: Contract): unknown;
}

/** The key of `tenet.yaml` that overlays a setting of the topic. */
const overlays: Partial<Record<keyof Topic, string>> = { partitions: 'maxPartitions', name: 'topicPrefix' };

/**
 * The topic before and after: by the contract, then in every environment but `local` where the setting differs from
 * the contract's, so that one edit is reported once.
 */
export function* changedTopics({ before, after }: ContractPair, setting: keyof Topic): Iterable<TopicChange> {
  const own = ['topic', setting];
  yield {
    was: before.topic,
    is: after.topic,
    where: '',
    ...field(after, own),
    stood: (was) => stood(before, own, was),
    of: ({ topic }) => topic[setting],
  };
  for (const { name, topic: is } of after.environments) {
    const was = before.environments.find((environment) => environment.name === name)?.topic;
    if (
      name === 'local' ||
      !was ||
      (text(was, setting) === text(before.topic, setting) && text(is, setting) === text(after.topic, setting))
    ) {
      continue;
    }
    yield {
      was,
      is,
      ...overlay(after, name, setting),
      stood: (words) => stood(before, overlayPath(name, setting), words),
      of: ({ environments }) => environments.find((environment) => environment.name === name)?.topic[setting],
    };
  }
}

function text(topic: Topic, setting: keyof Topic): string {
  return JSON.stringify(topic[setting]);
}
