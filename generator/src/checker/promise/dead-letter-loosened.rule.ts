import type { DeadLetter } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import { lengthOf, textOf } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';

const weight: Record<DeadLetter['severity'], number> = { info: 0, warning: 1, critical: 2 };

export const deadLetterLoosened: PromiseRule = {
  id: 'promise/dead-letter-loosened',
  severity: 'error',
  summary: 'Failures are looked at as soon, alerted as loudly, kept as long and held back as strictly as was promised.',
  why: 'Deadline, severity, retention and successor policy say together what happens to an event that failed. Each of them loosened means that a failure of tomorrow is found later, or that its successors go past it.',
  mirror: { harmless: 'a stricter promise costs its owner only; design rules hold it to what it needs' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (!before.deadLetter || !after.deadLetter) continue;
      for (const [name, was, is, cost] of loosened(before.deadLetter, after.deadLetter)) {
        const path = ['consumers', after.name, 'deadLetter', ...name];
        // A default follows another field: with that it is reported, or still holds three deadlines.
        if (!pair.before.source.written(path) && !pair.after.source.written(path)) continue;
        yield {
          ...promiseOf(pair.after, after, ['deadLetter', ...name]),
          against: stood(pair.before, path, `was ${was}`),
          message: `\`deadLetter.${name.join('.')}\` is now ${is} instead of ${was}: ${cost}.`,
          consumers: affected(pair.before, [before]),
          hint: 'keep it, or let the consumer’s team sign an exception',
        };
      }
    }
  },
};

function* loosened(
  was: DeadLetter,
  is: DeadLetter,
): Iterable<readonly [name: readonly string[], was: string, is: string, cost: string]> {
  if (is.investigateWithin.ms > was.investigateWithin.ms) {
    yield [
      ['investigateWithin'],
      was.investigateWithin.text,
      is.investigateWithin.text,
      'a failure may lie there longer',
    ];
  }
  if (weight[is.severity] < weight[was.severity])
    yield [['severity'], was.severity, is.severity, 'a failure calls fewer people'];
  if (lengthOf(is.retention) < lengthOf(was.retention)) {
    yield [['retention'], textOf(was.retention), textOf(is.retention), 'evidence is deleted earlier'];
  }
  if (was.after === 'wait' && is.after === 'follow') {
    yield [['after'], was.after, is.after, 'later events of a key go past the one that failed'];
  }
  if (is.floodGuard.share.fraction > was.floodGuard.share.fraction) {
    yield [
      ['floodGuard', 'share'],
      was.floodGuard.share.text,
      is.floodGuard.share.text,
      'more is given up before the consumer stops',
    ];
  }
  if (is.floodGuard.over.ms > was.floodGuard.over.ms) {
    yield [
      ['floodGuard', 'over'],
      was.floodGuard.over.text,
      is.floodGuard.over.text,
      'a flood is noticed later, and more is given up until then',
    ];
  }
  const [quiet, loud] = [is.alertAbove?.perSecond ?? 0, was.alertAbove?.perSecond];
  if (loud !== undefined && (is.alertAbove === undefined || quiet > loud)) {
    yield [['alertAbove'], was.alertAbove?.text ?? '', is.alertAbove?.text ?? 'not said', 'an alert comes later'];
  }
}
