import type { Contract } from '../../model/contract.ts';
import { affected, field } from '../places.ts';
import type { BothSets, PromiseRule, Report } from '../rule.ts';

export const streamJoined: PromiseRule = {
  id: 'promise/stream-joined',
  severity: 'note',
  summary: 'Readers of a topic hear when another event travels in it.',
  why: 'Contracts that name the same topic form a stream. A consumer skips and counts the events that it does not declare: nothing breaks, but it fetches them, and they take their part of each partition. Whoever wants them in order with its own declares itself a consumer of both.',
  mirror: { rule: 'promise/topic-renamed' },
  *check({ before, after }, sets) {
    if (before.topic.name !== after.topic.name) yield* joined(after, sets);
  },
  *checkAdded(after, sets) {
    yield* joined(after, sets);
  },
};

function* joined(contract: Contract, sets: BothSets): Iterable<Report> {
  const { topic, traffic } = contract;
  const standing = sets.before.contracts.filter(
    (mate) => mate.name !== contract.name && mate.topic.name === topic.name,
  );
  const readers = standing.flatMap((mate) => affected(mate));
  const skipping = readers.filter(
    ({ consumer }, index) =>
      readers.findIndex((first) => first.consumer === consumer) === index &&
      !contract.consumers.some(({ name }) => name === consumer),
  );
  if (skipping.length === 0) return;
  yield {
    ...field(contract, ['topic', 'name']),
    message: `${contract.name}@${contract.major} now travels in \`${topic.name}\` too: who does not declare it skips ${traffic.average.text} on average.`,
    consumers: skipping,
    hint: 'see that these consumers keep their lag promises with the larger topic',
  };
}
