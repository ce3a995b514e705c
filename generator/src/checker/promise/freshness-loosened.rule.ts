import type { Consumer } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import { printNumber } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';

export const freshnessLoosened: PromiseRule = {
  id: 'promise/freshness-loosened',
  severity: 'warning',
  summary: 'A consumer is as fresh as it said.',
  why: '`lag` and `objective` are what alerts watch and what others plan with. Loosened or taken out, the same delay pages nobody.',
  mirror: { harmless: 'a stricter promise alerts earlier' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      for (const [path, was, is] of loosened(before, after)) {
        yield {
          ...promiseOf(pair.after, after, path),
          against: stood(pair.before, ['consumers', before.name, ...path], `was ${was}`),
          message:
            is === undefined
              ? `${after.name} no longer promises \`${path.join('.')}\`, which was ${was}: no alert watches it any more.`
              : `\`${path.join('.')}\` of ${after.name} is now ${is} instead of ${was}: an alert comes later.`,
          consumers: affected(pair.before, [before]),
          hint: 'tell whoever waits for what the consumer makes of the events',
        };
      }
    }
  },
};

/** `is`: undefined when nothing is promised any more. */
type Loosened = readonly [path: readonly string[], was: string, is: string | undefined];

function* loosened(was: Consumer, is: Consumer): Iterable<Loosened> {
  const [age, nowAge] = [was.lag?.maxAge, is.lag?.maxAge];
  if (age && (!nowAge || nowAge.ms > age.ms)) yield [['lag', 'maxAge'], age.text, nowAge?.text];
  const [amount, nowAmount] = [was.lag?.maxMessages, is.lag?.maxMessages];
  if (amount !== undefined && (nowAmount === undefined || nowAmount > amount))
    yield [['lag', 'maxMessages'], printNumber(amount), nowAmount === undefined ? undefined : printNumber(nowAmount)];
  if (!was.objective) return;
  const { share, within } = was.objective;
  if (!is.objective) yield [['objective'], `${share.text} within ${within.text}`, undefined];
  else {
    if (is.objective.share.fraction < share.fraction)
      yield [['objective', 'share'], share.text, is.objective.share.text];
    if (is.objective.within.ms > within.ms) yield [['objective', 'within'], within.text, is.objective.within.text];
  }
}
