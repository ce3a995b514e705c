import type { Position } from '../diagnostics/finding.ts';
import type { Topic } from '../model/contract.ts';
import { overlayPosition } from './overlay-position.ts';
import type { BothSets, ContractPair } from './rule.ts';

export interface TopicChange {
  readonly was: Topic;
  readonly is: Topic;
  /** `` in `staging` `` for an overlay, nothing for the contract itself. */
  readonly where: string;
  readonly subject: string;
  /** Where the overlay says it; absent when the contract does. */
  readonly at?: Position;
  readonly stoodAt?: Position;
}

/**
 * The topic before and after: by the contract, then in every environment but `local` where the setting differs from
 * the contract's, so that one edit is reported once.
 */
export function* changedTopics(
  { before, after }: ContractPair,
  sets: BothSets,
  setting: keyof Topic,
): Iterable<TopicChange> {
  yield { was: before.topic, is: after.topic, where: '', subject: `/topic/${setting}` };
  for (const { name, topic: is } of after.environments) {
    const was = before.environments.find((environment) => environment.name === name)?.topic;
    if (
      name === 'local' ||
      !was ||
      (text(was, setting) === text(before.topic, setting) && text(is, setting) === text(after.topic, setting))
    ) {
      continue;
    }
    const at = overlayPosition(sets.after, after, name, setting);
    const stoodAt = overlayPosition(sets.before, before, name, setting);
    yield {
      was,
      is,
      where: ` in \`${name}\``,
      subject: `/environments/${name}/${setting}`,
      at,
      stoodAt,
    };
  }
}

function text(topic: Topic, setting: keyof Topic): string {
  return JSON.stringify(topic[setting]);
}
