import type { Consumer, Delivery } from '../../model/contract.ts';
import { listed, printNumber, textOf } from '../quantities.ts';
import { counted, entries, type FieldWords, inside, part, words } from './field-words.ts';
import { handWritten } from './producer-words.ts';
import { backpressureWords, deadLetterWords, idempotencyWords, retryWords, sayDeadLetter } from './promise-words.ts';

const batchWords: readonly FieldWords<NonNullable<Consumer['batch']>>[] = [
  words(
    ['batch', 'size'],
    ({ size }) => size,
    (was, is) => `a batch has up to ${printNumber(is)} instead of ${counted(was, 'event')}`,
  ),
  words(
    ['batch', 'within'],
    ({ within }) => within,
    (was, is) => `a batch is waited for up to ${is.text} instead of ${was.text}`,
  ),
];

const catchUpWords: readonly FieldWords<NonNullable<Consumer['catchUp']>>[] = [
  words(
    ['catchUp', 'rate'],
    ({ rate }) => rate,
    (was, is) => `catches up at ${is.text} instead of ${was.text}`,
  ),
  words(
    ['catchUp', 'whenOlderThan'],
    ({ whenOlderThan }) => whenOlderThan,
    (was, is) => `catches up when events are older than ${is.text} instead of ${was.text}`,
  ),
];

const breakerWords: readonly FieldWords<NonNullable<Consumer['breaker']>>[] = [
  words(
    ['breaker', 'failures'],
    ({ failures }) => failures,
    (was, is) => `stops reading when ${is.text} instead of ${was.text} of the attempts fail`,
  ),
  words(
    ['breaker', 'over'],
    ({ over }) => over,
    (was, is) => `failures that stop it are counted over ${is.text} instead of ${was.text}`,
  ),
  words(
    ['breaker', 'probeEvery'],
    ({ probeEvery }) => probeEvery,
    (was, is) => `tries again every ${is.text} instead of every ${was.text} while it has stopped`,
  ),
];

const objectiveWords: readonly FieldWords<NonNullable<Consumer['objective']>>[] = [
  words(
    ['objective', 'share'],
    ({ share }) => share,
    (was, is, { within }) =>
      `promises that ${is.text} instead of ${was.text} of the events are handled within ${within.text}`,
  ),
  words(
    ['objective', 'within'],
    ({ within }) => within,
    (was, is, { share }) =>
      `promises that ${share.text} of the events are handled within ${is.text} instead of ${was.text}`,
  ),
];

/** One consumer: what it is promised, and what it spends. The sentence stands below its name. */
export const consumerWords: readonly FieldWords<Consumer>[] = [
  words(
    ['owner'],
    ({ owner }) => owner,
    (was, is) => `belongs to ${is} instead of ${was}`,
  ),
  words(
    ['group'],
    ({ group }) => group,
    (was, is) => `its group is \`${is}\` instead of \`${was}\`: it begins without offsets`,
  ),
  words(
    ['delivery'],
    ({ delivery }) => delivery,
    (was, is) => `events are handled ${is} instead of ${was}: ${deliveries[is]}`,
  ),
  part(
    ['idempotency', 'key'],
    ({ idempotency }) => idempotency,
    {
      added: ({ key, window }) => `duplicates are recognised by ${listed([...key])} for ${window.text}`,
      removed: () => 'duplicates are no longer recognised',
    },
    idempotencyWords,
  ),
  part(
    ['retry'],
    ({ retry }) => retry,
    {
      added: ({ attempts, within }) => `failing records are tried ${times(attempts)} within ${within.text}`,
      removed: () => 'failing records are no longer tried again',
    },
    retryWords,
  ),
  part(
    ['deadLetter', 'owner'],
    ({ deadLetter }) => deadLetter,
    {
      added: (is) => `what fails is kept: ${sayDeadLetter(is)}`,
      removed: ({ owner }) => `what fails is no longer kept for anybody; it went to ${owner}`,
    },
    deadLetterWords,
  ),
  inside(({ backpressure }) => backpressure, backpressureWords),
  entries(['reads'], ({ reads }) => reads, {
    added: (pointers) => `declares that it reads ${listed(pointers)}`,
    removed: (pointers) => `no longer declares that it reads ${listed(pointers)}`,
  }),
  words(
    ['concurrency'],
    ({ concurrency }) => concurrency,
    (was, is) => `handles up to ${printNumber(is)} instead of ${counted(was, 'event')} at a time`,
  ),
  part(
    ['batch'],
    ({ batch }) => batch,
    {
      added: ({ size, within }) => `handles events in batches of up to ${printNumber(size)}, within ${within.text}`,
      removed: () => 'handles events one by one and no longer in batches',
    },
    batchWords,
  ),
  words(
    ['timeout'],
    ({ timeout }) => timeout,
    (was, is) => `a handler may take ${is.text} instead of ${was.text}`,
  ),
  words(
    ['rateLimit'],
    ({ rateLimit }) => rateLimit,
    (was, is) => {
      if (is === undefined) return `is no longer held to ${was?.text}`;
      return `handles at most ${is.text}${was === undefined ? '' : ` instead of ${was.text}`}`;
    },
  ),
  part(
    ['catchUp'],
    ({ catchUp }) => catchUp,
    {
      added: ({ rate, whenOlderThan }) => `catches up at ${rate.text} when events are older than ${whenOlderThan.text}`,
      removed: () => 'no longer catches up at a rate of its own',
    },
    catchUpWords,
  ),
  part(
    ['breaker'],
    ({ breaker }) => breaker,
    {
      added: ({ failures, over }) => `stops reading when ${failures.text} of the attempts in ${over.text} fail`,
      removed: () => 'no longer stops reading when attempts fail',
    },
    breakerWords,
  ),
  words(
    ['lag', 'maxAge'],
    ({ lag }) => lag?.maxAge,
    (was, is) => {
      if (is === undefined) return `no longer promises how old an event is when it is handled; it was ${was?.text}`;
      return `handles an event within ${is.text}${was === undefined ? '' : ` instead of ${was.text}`}, or somebody is called`;
    },
  ),
  words(
    ['lag', 'maxMessages'],
    ({ lag }) => lag?.maxMessages,
    (was, is) => {
      if (is === undefined) return `no longer promises how many events wait; it was ${printNumber(was ?? 0)}`;
      return `no more than ${printNumber(is)} events wait${was === undefined ? '' : ` instead of ${printNumber(was)}`}, or somebody is called`;
    },
  ),
  part(
    ['objective'],
    ({ objective }) => objective,
    {
      added: ({ share, within }) => `promises that ${share.text} of the events are handled within ${within.text}`,
      removed: ({ share, within }) =>
        `no longer promises that ${share.text} of the events are handled within ${within.text}`,
    },
    objectiveWords,
  ),
  words(
    ['replayWindow'],
    ({ replayWindow }) => replayWindow,
    (was, is) => `can be given events of the last ${textOf(is)} again instead of ${textOf(was)}`,
  ),
  words(
    ['startFrom'],
    ({ startFrom }) => startFrom,
    (was, is) => `a group without offsets begins at ${is} instead of ${was}`,
  ),
  words(
    ['onOffsetLost'],
    ({ onOffsetLost }) => onOffsetLost,
    (was, is) => `${lost[is]} when its offset is gone from the topic (\`${is}\` instead of \`${was}\`)`,
  ),
  words(['generated'], ({ generated }) => generated, handWritten('reads', 'it meets what the schema does not name')),
];

function times(attempts: number): string {
  return attempts === 1 ? 'once' : `${attempts} times`;
}

const deliveries: Readonly<Record<Delivery, string>> = {
  'at-most-once': 'an event can be lost',
  'at-least-once': 'an event can come twice',
  'effectively-once': 'a duplicate takes no effect',
};

const lost: Readonly<Record<Consumer['onOffsetLost'], string>> = {
  fail: 'stops and calls somebody',
  earliest: 'goes on with the oldest event',
  latest: 'skips to the newest event',
};
