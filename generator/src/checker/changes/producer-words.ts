import type { Producer } from '../../model/contract.ts';
import { type FieldWords, words } from './field-words.ts';

/** One producer; the sentence goes on behind its name. */
export const producerWords: readonly FieldWords<Producer>[] = [
  words(
    ['owner'],
    ({ owner }) => owner,
    (was, is) => `belongs to ${is} instead of ${was}`,
  ),
  words(
    ['outbox'],
    ({ outbox }) => outbox,
    (_, is) =>
      is
        ? 'publishes through an outbox now: an event is there if and only if its transaction is'
        : 'no longer publishes through an outbox: a crash can lose an event, or publish one that never was',
  ),
  words(
    ['acks'],
    ({ acks }) => acks,
    (was, is) => `waits for ${acknowledged[is]} instead of ${acknowledged[was]} before an event counts as published`,
  ),
  words(
    ['onOverload'],
    ({ onOverload }) => onOverload,
    (was, is) => `answers overload with \`${is}\` instead of \`${was}\`: ${overloaded[is]}`,
  ),
  words(
    ['buffer'],
    ({ buffer }) => buffer?.text ?? 'nothing',
    (was, is) => `holds up to ${is} instead of ${was} while the broker is away`,
  ),
  words(
    ['approvedBy'],
    ({ approvedBy }) => approvedBy ?? 'nobody',
    (was, is) => `loses events under overload with the approval of ${is} instead of ${was}`,
  ),
  words(
    ['generated'],
    ({ generated }) => generated,
    handWritten('publishes', 'it may send what the schema does not name'),
  ),
];

/** Behind the name of a service that went from the generated SDK to code of its own, or back. */
export function handWritten(does: string, cost: string): (was: boolean, is: boolean) => string {
  return (_, is) => (is ? `${does} with the generated SDK now` : `${does} with code of its own now: ${cost}`);
}

const acknowledged: Readonly<Record<Producer['acks'], string>> = {
  all: 'every broker in sync',
  leader: 'the leading broker only',
  none: 'no broker',
};

const overloaded: Readonly<Record<Producer['onOverload'], string>> = {
  block: 'it waits',
  buffer: 'it holds events back, and loses them when it crashes',
  'drop-newest': 'it drops new events',
};
