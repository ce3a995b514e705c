/**
 * Replay without a store: a dead letter comes back through a topic of its own, beside the source. Two members, one
 * partition of each topic, a record of the same key in both. Nobody is cut off here: nothing excuses an overlap.
 */
import { blame, Choices, put } from './choices.ts';
import { everyone, nameOf, type Who } from './members.ts';
import type { Model } from './search.ts';
import { type Study, studyOf } from './study.ts';

const rules = {
  'assigned-together': ['A partition of the replay topic goes to whoever has its source partition.', ['I3', 4]],
  'moved-together': ['Both are drained before either of them moves.', ['I3', 4]],
  'same-lane': ["A replayed record joins the end of its key's lane.", ['I3', 3]],
  'same-partition': ['It is written to the number of its source partition, whatever its key says.', ['I3', 4]],
} as const;

type Rule = keyof typeof rules;

const topics = ['source', 'replay'] as const;

interface State {
  /** Of the partition of each topic; -1: nobody, while it moves. */
  owners: readonly [Who | -1, Who | -1];
  /** Per topic: `w` its record waits, `A` or `B` runs it, `P` settled. */
  records: string;
  readonly faults: { readonly rebalances: number };
  blame: readonly [invariant: string, why: string] | undefined;
}

function replayModel(broken: Rule | undefined): Model<State> {
  return {
    initial: { owners: [-1, -1], records: 'ww', faults: { rebalances: 2 }, blame: undefined },
    steps(state) {
      const choices = new Choices<State, Rule>(state, (one) => ({ ...one }), broken);
      groupSteps(choices);
      topics.forEach((_, topic) => {
        handlerSteps(choices, topic);
      });
      return choices.steps;
    },
    broken: ({ blame: blamed }) => blamed && { invariant: blamed[0], why: blamed[1] },
    atRest: ({ records }) => records === 'PP',
  };
}

function groupSteps(choices: Choices<State, Rule>): void {
  const { owners, records } = choices.state;
  // Written by its key under another number of partitions, the record lies in a partition that anybody may have.
  const together = choices.holds('assigned-together') && choices.holds('same-partition');
  for (const who of everyone) {
    if (together && choices.holds('moved-together') && owners.every((owner) => owner === -1)) {
      choices.add(`the group gives source and replay to ${nameOf(who)}`, (next) => {
        next.owners = [who, who];
      });
    }
    if (together && choices.holds('moved-together')) continue;
    topics.forEach((name, topic) => {
      if (owners[topic] !== -1) return;
      const partner = owners[1 - topic];
      // Where they move one by one, the pair is together again at the end, and apart until then.
      if (together && partner !== -1 && partner !== who && records[topic] !== 'w') return;
      choices.add(`the group gives ${name} to ${nameOf(who)}`, (next) => {
        next.owners = topic === 0 ? [who, next.owners[1]] : [next.owners[0], who];
      });
    });
  }
  if (records.includes('A') || records.includes('B')) return;
  if (owners.includes(-1)) return;
  choices.addFault('rebalances', 'the members are drained and join again', (next) => {
    next.owners = [-1, -1];
  });
}

function handlerSteps(choices: Choices<State, Rule>, topic: number): void {
  const { owners, records } = choices.state;
  const owner = owners[topic];
  const runner = records[topic];
  const name = topics[topic];
  if (runner === 'A' || runner === 'B') {
    choices.add(`${runner} has handled the record of ${name}`, (next) => {
      next.records = put(next.records, topic, 'P');
    });
  }
  if (runner !== 'w' || owner === undefined || owner === -1) return;
  const beside = records[1 - topic] ?? '';
  // The lane of the process holds it back.
  if (beside === nameOf(owner) && choices.holds('same-lane')) return;
  choices.add(`${nameOf(owner)} starts the record of ${name}`, (next) => {
    next.records = put(next.records, topic, nameOf(owner));
    if (beside === 'A' || beside === 'B') blame(next, 'I3', `two handlers of one key run, one of them at ${beside}`);
  });
}

export const replayTopic: Study = studyOf(
  'replay-topic',
  'a replay topic beside its source: no two handlers of one key at once',
  rules,
  replayModel,
);
