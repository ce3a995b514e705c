import type { Backpressure, DeadLetter, Idempotency, Retry } from '../../model/contract.ts';
import { lengthOf, listed, printNumber, textOf } from '../quantities.ts';
import { entries, type FieldWords, words } from './field-words.ts';

/** The promises that stand at the top of a contract or in a consumer: sentences for the team of the consumer. */

export const idempotencyWords: readonly FieldWords<Idempotency>[] = [
  words(
    ['idempotency', 'key'],
    ({ key }) => key,
    (was, is) => `duplicates are recognised by ${listed([...is])} instead of ${listed([...was])}`,
  ),
  words(
    ['idempotency', 'window'],
    ({ window }) => window,
    (was, is) => `duplicates are recognised for ${is.text} instead of ${was.text}`,
  ),
  words(
    ['idempotency', 'store'],
    ({ store }) => store,
    (was, is) => `what was handled is remembered in ${is} instead of ${was}`,
  ),
];

export const retryWords: readonly FieldWords<Retry>[] = [
  words(
    ['retry', 'attempts'],
    ({ attempts }) => attempts,
    (was, is) => `failing records are tried ${is} instead of ${was} times: given up ${is > was ? 'later' : 'earlier'}`,
  ),
  words(
    ['retry', 'within'],
    ({ within }) => within,
    (was, is) =>
      `failing records are tried for up to ${is.text} instead of ${was.text}: ${is.ms > was.ms ? 'a longer' : 'only a shorter'} outage passes unnoticed`,
  ),
  words(
    ['retry', 'backoff', 'initial'],
    ({ backoff }) => backoff.initial,
    (was, is) => `the first wait between attempts is ${is.text} instead of ${was.text}`,
  ),
  words(
    ['retry', 'backoff', 'factor'],
    ({ backoff }) => backoff.factor,
    (was, is) => `each wait between attempts is ${is} instead of ${was} times the one before`,
  ),
  words(
    ['retry', 'backoff', 'max'],
    ({ backoff }) => backoff.max,
    (was, is) => `the longest wait between attempts is ${is.text} instead of ${was.text}`,
  ),
  words(
    ['retry', 'backoff', 'jitter'],
    ({ backoff }) => backoff.jitter,
    (_, is) =>
      is === 'full' ? 'waits between attempts are random now' : 'waits between attempts are no longer random',
  ),
  words(
    ['retry', 'ratio'],
    ({ ratio }) => ratio,
    (was, is) => `retries may be ${is.text} instead of ${was.text} of all attempts`,
  ),
  entries(['retry', 'nonRetryable'], ({ nonRetryable }) => nonRetryable, {
    added: (names) => `${listed(names)}: no longer tried again, the first failure is final`,
    removed: (names) => `${listed(names)}: tried again now like any failure`,
  }),
];

export const deadLetterWords: readonly FieldWords<DeadLetter>[] = [
  words(
    ['deadLetter', 'owner'],
    ({ owner }) => owner,
    (was, is, { investigateWithin }) =>
      `dead letters go to ${is} instead of ${was}: ${investigateWithin.text} to look into them`,
  ),
  words(
    ['deadLetter', 'investigateWithin'],
    ({ investigateWithin }) => investigateWithin,
    (was, is, { owner }) => `${owner} looks into a dead letter within ${is.text} instead of ${was.text}`,
  ),
  words(
    ['deadLetter', 'severity'],
    ({ severity }) => severity,
    (was, is, { owner }) => `a dead letter is ${is} instead of ${was} for ${owner}`,
  ),
  words(
    ['deadLetter', 'alertAbove'],
    ({ alertAbove }) => alertAbove,
    (was, is, { owner }) => {
      if (is === undefined)
        return `${owner} is no longer called when dead letters come fast; it was above ${was?.text}`;
      return `${owner} is called when dead letters come faster than ${is.text}${was === undefined ? '' : ` instead of ${was.text}`}`;
    },
  ),
  words(
    ['deadLetter', 'topic'],
    ({ topic }) => topic,
    (was, is) => `dead letters are kept in topic \`${is}\` instead of \`${was}\``,
  ),
  words(
    ['deadLetter', 'retention'],
    ({ retention }) => retention,
    (was, is) =>
      `dead letters are kept for ${textOf(is)} instead of ${textOf(was)}: ${lengthOf(is) > lengthOf(was) ? 'more' : 'less'} time to replay them`,
  ),
  words(
    ['deadLetter', 'after'],
    ({ after }) => after,
    (_, is) =>
      is === 'wait'
        ? 'events of a key wait behind one that failed, until it is replayed or discarded'
        : 'events of a key go past one that failed: its order is broken',
  ),
  words(
    ['deadLetter', 'floodGuard'],
    ({ floodGuard }) => floodGuard.share,
    (was, is) => `stops when ${is.text} instead of ${was.text} of the records are given up`,
  ),
  words(
    ['deadLetter', 'floodGuard', 'over'],
    ({ floodGuard }) => floodGuard.over,
    (was, is) => `records given up are counted over ${is.text} instead of ${was.text}`,
  ),
];

/** `dead letters go to checkout, critical: 2h to look into them` */
export function sayDeadLetter({ owner, severity, investigateWithin }: DeadLetter): string {
  return `dead letters go to ${owner}, ${severity}: ${investigateWithin.text} to look into them`;
}

export const backpressureWords: readonly FieldWords<Backpressure>[] = [
  words(
    ['backpressure', 'policy'],
    ({ policy }) => policy,
    (was, is) => `${underLoad[is]} under load (\`${is}\` instead of \`${was}\`)`,
  ),
  words(
    ['backpressure', 'maxInFlight'],
    ({ maxInFlight }) => maxInFlight,
    (was, is) => `${printNumber(is)} instead of ${printNumber(was)} events are in flight at most`,
  ),
  words(
    ['backpressure', 'maxWaiting'],
    ({ maxWaiting }) => maxWaiting,
    (was, is) => `${printNumber(is)} instead of ${printNumber(was)} events are held in memory at most`,
  ),
  words(
    ['backpressure', 'maxAge'],
    ({ maxAge }) => maxAge,
    (was, is) => dropped('events older than', was?.text, is?.text),
  ),
  words(
    ['backpressure', 'maxLag'],
    ({ maxLag }) => maxLag,
    (was, is) => dropped('events that wait beyond', was && printNumber(was), is && printNumber(is)),
  ),
  words(
    ['backpressure', 'keepOneIn'],
    ({ keepOneIn }) => keepOneIn ?? 1,
    (was, is) => `under load one event in ${printNumber(is)} instead of one in ${printNumber(was)} is handled`,
  ),
  words(
    ['backpressure', 'approvedBy'],
    ({ approvedBy }) => approvedBy ?? 'nobody',
    (was, is) => `losses under load are approved by ${is} instead of ${was}`,
  ),
];

function dropped(which: string, was: string | number | undefined, is: string | number | undefined): string {
  if (is === undefined) return `${which} ${was} are no longer dropped`;
  return `${which} ${is}${was === undefined ? '' : ` instead of ${was}`} are dropped`;
}

const underLoad: Readonly<Record<Backpressure['policy'], string>> = {
  block: 'events wait in the topic',
  scale: 'more instances are started',
  'drop-oldest': 'the oldest events are dropped',
  'drop-newest': 'the newest events are dropped',
  sample: 'only some events are handled',
};
