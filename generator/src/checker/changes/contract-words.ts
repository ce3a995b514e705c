import type { Contract, FieldPath, Ordering, Topic } from '../../model/contract.ts';
import { sameMeaning } from '../effect.ts';
import { lengthOf, listed, printNumber, textOf } from '../quantities.ts';
import { counted, type FieldMove, type FieldWords, words } from './field-words.ts';

/** What stands at the top of a contract and holds for everybody; the topic apart. */
export const contractWords: readonly FieldWords<Contract>[] = [
  words(
    ['title'],
    ({ title }) => title,
    (was, is) => `the title is “${is}” instead of “${was}”`,
  ),
  words(
    ['description'],
    ({ description }) => description,
    (_, is) => `the description reads “${is}” now`,
  ),
  words(
    ['owner'],
    ({ owner }) => owner,
    (was, is) => `the contract belongs to ${is} instead of ${was}: questions and approvals go there`,
  ),
  words(
    ['status'],
    ({ status }) => status,
    (was, is, { replacedBy, removeAfter }) => {
      if (is === 'deprecated') {
        const where = replacedBy === undefined ? '' : ` to ${replacedBy}`;
        return `the contract is deprecated: its consumers move${where}${removeAfter === undefined ? '' : ` by ${removeAfter}`}`;
      }
      if (was === 'deprecated') return 'the contract is no longer deprecated: it stays, and nobody has to move';
      return is === 'draft'
        ? 'the contract is a draft again: do not rely on it'
        : 'the contract is active and no longer a draft';
    },
  ),
  whileDeprecated(
    ['replacedBy'],
    ({ replacedBy }) => replacedBy,
    (was, is) => {
      if (is === undefined) return `the contract has no successor any more; it was ${was}`;
      return `its successor is ${is}${was === undefined ? '' : ` instead of ${was}`}: consumers move there`;
    },
  ),
  whileDeprecated(
    ['removeAfter'],
    ({ removeAfter }) => removeAfter,
    (was, is) => {
      if (is === undefined) return `the contract is no longer removed after ${was}`;
      if (was === undefined) return `the contract is removed after ${is}: consumers have moved by then`;
      return `the contract is removed after ${is} instead of ${was}: ${is > was ? 'more' : 'less'} time to move`;
    },
  ),
  words(
    ['intent'],
    ({ intent }) => intent,
    (was, is) => `the contract is meant for ${is} instead of ${was}`,
  ),
  words(
    ['stakes', 'loss'],
    ({ stakes }) => stakes.loss,
    (was, is) => `a lost event is ${is} instead of ${was}`,
  ),
  words(
    ['stakes', 'duplicate'],
    ({ stakes }) => stakes.duplicate,
    (was, is) => `an event that takes effect twice is ${is} instead of ${was}`,
  ),
  words(
    ['traffic', 'average'],
    ({ traffic }) => traffic.average,
    (was, is) => `events come at ${is.text} instead of ${was.text} on average: ${room(was.perSecond, is.perSecond)}`,
  ),
  words(
    ['traffic', 'peak'],
    ({ traffic }) => traffic.peak,
    (was, is) => `events come at ${is.text} instead of ${was.text} at peak: ${room(was.perSecond, is.perSecond)}`,
  ),
  words(
    ['traffic', 'payload'],
    ({ traffic }) => traffic.payload,
    (was, is) => `an event takes ${is.text} instead of ${was.text}: ${room(was.bytes, is.bytes)}`,
  ),
  words(
    ['traffic', 'callerWaits'],
    ({ traffic }) => traffic.callerWaits,
    (_, is) => (is ? 'a caller waits for the outcome now' : 'no caller waits for the outcome any more'),
  ),
  words(
    ['formats'],
    ({ formats }) => formats,
    (_, is) =>
      is === 'assert'
        ? '`format` is checked now: a value that does not fit its format is rejected'
        : '`format` is no longer checked: values that do not fit their format pass',
  ),
  words(
    ['encoding'],
    ({ encoding }) => encoding,
    (was, is) => `events are encoded as ${is} instead of ${was}: readers need the other decoder`,
  ),
  words(
    ['tombstones'],
    ({ tombstones }) => tombstones,
    (_, is) =>
      is === 'allow'
        ? 'null values may arrive now: a handler learns that a key was deleted'
        : 'null values are refused now: handlers no longer meet them',
  ),
  { moves: (was, is) => classificationMoves(was.classification, is.classification) },
  words(
    ['partitionKey'],
    ({ partitionKey }) => partitionKey?.fields,
    (was, is) => `events are partitioned by ${key(is)} instead of ${key(was)}: order holds along the new key`,
  ),
  words(
    ['partitionKey', 'buckets'],
    ({ partitionKey }) => partitionKey?.buckets,
    (was, is) => `the key has ${buckets(is)} instead of ${was ?? 'none'}`,
  ),
  words(
    ['ordering'],
    ({ ordering }) => ordering,
    (was, is) => `${orders[is]} (\`${is}\` instead of \`${was}\`)`,
  ),
  ...(['id', 'time', 'sequence'] as const).map((name) =>
    words<Contract, string | undefined>(
      ['event', name],
      ({ attributes }) => attributes[name],
      (was, is) => `the event’s ${name} is read from ${place(is)} instead of ${place(was)}`,
    ),
  ),
  words(
    ['compatibility'],
    ({ compatibility }) => compatibility,
    (was, is) => `payload changes are held to \`${is}\` instead of \`${was}\` compatibility`,
  ),
  words(
    ['rollout'],
    ({ rollout }) => rollout,
    (was, is) => `services of an older version may run for ${is.text} instead of ${was.text}`,
  ),
];

/** The topic, of the contract itself or in an environment; `undefined` where a setting did not change. */
export const topicWords: Readonly<Record<keyof Topic, (was: Topic, is: Topic) => string | undefined>> = {
  name: setting(
    ({ name }) => name,
    (was, is) => `records are in topic \`${is}\` instead of \`${was}\`: groups and dead letters named after it follow`,
  ),
  partitions: setting(
    ({ partitions }) => partitions,
    (was, is) =>
      `${counted(is, 'partition')} instead of ${printNumber(was)}: as many instances of a consumer can share the work`,
  ),
  replication: setting(
    ({ replication }) => replication,
    (was, is) => `${counted(is, 'broker holds', 'brokers hold')} an event instead of ${was}`,
  ),
  minInSync: setting(
    ({ minInSync }) => minInSync,
    (was, is) => `an event counts as published when ${is} instead of ${was} brokers have it`,
  ),
  retention: setting(
    ({ retention }) => retention,
    (was, is) =>
      `events are kept for ${textOf(is)} instead of ${textOf(was)}: ${lengthOf(is) > lengthOf(was) ? 'more' : 'less'} of the past can be read again`,
  ),
  cleanup: setting(
    ({ cleanup }) => cleanup,
    (was, is) => `${cleanups[is]} (\`${is}\` instead of \`${was}\`)`,
  ),
  maxMessage: setting(
    ({ maxMessage }) => maxMessage,
    (was, is) => `records take up to ${is.text} instead of ${was.text}`,
  ),
};

function setting<Value>(
  read: (topic: Topic) => Value,
  say: (was: Value, is: Value) => string,
): (was: Topic, is: Topic) => string | undefined {
  return (was, is) => (sameMeaning(read(was), read(is)) ? undefined : say(read(was), read(is)));
}

/** A field that belongs to the status: with it it comes and goes, and the sentence about the status says so. */
function whileDeprecated(
  path: FieldPath,
  read: (contract: Contract) => string | undefined,
  say: (was: string | undefined, is: string | undefined) => string,
): FieldWords<Contract> {
  const field = words(path, read, say);
  return { moves: (was, is) => (was.status === is.status ? field.moves(was, is) : []) };
}

const orders: Readonly<Record<Ordering, string>> = {
  'per-key': 'events of one key arrive in order',
  global: 'all events arrive in one order',
  none: 'events arrive in any order',
};

const cleanups: Readonly<Record<Topic['cleanup'], string>> = {
  delete: 'old events are deleted by age',
  compact: 'only the last event of each key is kept',
  'compact,delete': 'only the last event of each key is kept, and deleted by age',
};

function classificationMoves(was: Contract['classification'], is: Contract['classification']): readonly FieldMove[] {
  const pointers = [...new Set([...was, ...is].map(({ pointer }) => pointer))].sort();
  return pointers.flatMap((pointer): FieldMove[] => {
    const [old, now] = [was, is].map((list) => list.find((entry) => entry.pointer === pointer)?.kind);
    const path = ['classification', pointer];
    if (old === now) return [];
    if (now === undefined) return [{ kind: 'removed', path, text: `${pointer} is no longer classified as ${old}` }];
    if (old === undefined)
      return [{ kind: 'added', path, text: `${pointer} is ${now} now: logs and dead-letter pages black it out` }];
    return [{ kind: 'changed', path, text: `${pointer} is ${now} instead of ${old}: it stays blacked out` }];
  });
}

function room(was: number, is: number): string {
  return is > was ? 'consumers need room for it' : 'consumers have more room';
}

function key(fields: readonly string[] | undefined): string {
  return fields === undefined ? 'nothing' : listed([...fields]);
}

function buckets(amount: number | undefined): string {
  return amount === undefined ? 'no buckets' : counted(amount, 'bucket');
}

function place(pointer: string | undefined): string {
  return pointer ?? 'the header';
}
