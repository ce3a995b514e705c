import type { AffectedConsumer } from '../../diagnostics/finding.ts';
import type { Consumer, Contract, FieldPath, Topic } from '../../model/contract.ts';
import { affected, field, lastingConsumers, promiseOf } from '../places.ts';
import type { ContractPair } from '../rule.ts';
import { changedTopics } from '../topic-changes.ts';
import type { Change } from './change.ts';
import { consumerWords } from './consumer-words.ts';
import { contractWords, topicWords } from './contract-words.ts';
import { sayConsumer, sayProducer } from './outline.ts';
import { producerWords } from './producer-words.ts';

/**
 * Everything but the payload that changed between two versions of a contract, in words: at least one line for every
 * field that moved, and none between a contract and itself.
 */
export function promiseChanges(pair: ContractPair): readonly Change[] {
  return [...ownChanges(pair), ...topicChanges(pair), ...producerChanges(pair), ...consumerChanges(pair)];
}

function* ownChanges({ before, after }: ContractPair): Iterable<Change> {
  for (const { kind, path, text } of contractWords.flatMap((each) => each.moves(before, after))) {
    yield { kind, about: 'contract', ...field(after, path), text };
  }
}

const topicSettings = Object.keys(topicWords) as readonly (keyof Topic)[];

function* topicChanges(pair: ContractPair): Iterable<Change> {
  for (const setting of topicSettings) {
    for (const { was, is, where, subject, at } of changedTopics(pair, setting)) {
      const text = topicWords[setting](was, is);
      if (text === undefined) continue;
      yield where === ''
        ? { kind: 'changed', about: 'contract', subject, at, text }
        : { kind: 'changed', about: 'environments', subject, at, text: `${where.trim()}: ${text}` };
    }
  }
}

function* producerChanges({ before, after }: ContractPair): Iterable<Change> {
  for (const is of after.producers) {
    const path = ['producers', is.service];
    const was = before.producers.find(({ service }) => service === is.service);
    if (!was) {
      yield { kind: 'added', about: 'producers', ...field(after, path), text: sayProducer(is) };
      continue;
    }
    for (const move of producerWords.flatMap((each) => each.moves(was, is))) {
      const place = field(after, [...path, ...move.path]);
      yield { kind: move.kind, about: 'producers', ...place, text: `${is.service} (${is.owner}) ${move.text}` };
    }
  }
  for (const { service, owner } of before.producers) {
    if (after.producers.some((producer) => producer.service === service)) continue;
    const place = field(after, ['producers', service]);
    yield { kind: 'removed', about: 'producers', ...place, text: `${service} (${owner}) publishes no longer` };
  }
}

/** A promise that several consumers inherit, and that changed for them in the same way, is one change. */
function* consumerChanges(pair: ContractPair): Iterable<Change> {
  const { before, after } = pair;
  for (const consumer of missingFrom(before, after)) {
    const place = field(after, ['consumers', consumer.name]);
    yield {
      kind: 'added',
      about: 'consumers',
      ...place,
      consumers: affected(after, [consumer]),
      text: sayConsumer(consumer),
    };
  }
  for (const consumer of missingFrom(after, before)) {
    const place = field(after, ['consumers', consumer.name]);
    const consumers = affected(before, [consumer]);
    yield { kind: 'removed', about: 'consumers', ...place, consumers, text: 'is no longer a consumer' };
  }
  const changes = new Map<string, Change & { readonly consumers: AffectedConsumer[] }>();
  for (const { before: was, after: is } of lastingConsumers(pair)) {
    for (const { kind, path, text } of consumerWords.flatMap((each) => each.moves(was, is))) {
      if (follows(pair, is, path)) continue;
      const place = promiseOf(after, is, path);
      const key = JSON.stringify([place.subject, text]);
      const known = changes.get(key);
      if (known) known.consumers.push(...affected(after, [is]));
      else changes.set(key, { kind, about: 'consumers', ...place, consumers: affected(after, [is]), text });
    }
  }
  yield* changes.values();
}

/** The consumers of one version that another does not have. */
function missingFrom(other: Contract, { consumers }: Contract): readonly Consumer[] {
  return consumers.filter(({ name }) => !other.consumers.some((consumer) => consumer.name === name));
}

/** Fields whose default is read off another one, which then says the change. */
const derived = [
  'group',
  'replayWindow',
  'deadLetter/topic',
  'deadLetter/retention',
  'deadLetter/alertAbove',
  'backpressure/maxWaiting',
];

function follows({ before, after }: ContractPair, { name }: Consumer, path: FieldPath): boolean {
  if (!derived.includes(path.join('/'))) return false;
  const full = ['consumers', name, ...path];
  return !before.source.written(full) && !after.source.written(full);
}
