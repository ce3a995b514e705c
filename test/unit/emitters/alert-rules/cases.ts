// One construct a case; the golden folders and promtool both go through them.

import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import {
  aCarelessConsumer,
  aConsumer,
  aContract,
  aDeadLetter,
  aProducer,
  aSet,
  aTeam,
  hostile,
  rate,
  time,
} from '../sample-set.ts';

const withConsumer = (overrides: Parameters<typeof aConsumer>[1]) =>
  aSet([aContract({ consumers: [aConsumer('billing', overrides)] })]);

const topic = aContract().topic;

export const cases: Readonly<Record<string, ContractSet>> = {
  'at-most-once': aSet([aContract({ consumers: [aCarelessConsumer()] })]),
  'lag-promised': withConsumer({ lag: { maxAge: time('2m'), maxMessages: 10_000 } }),
  'dead-letter-critical': withConsumer({
    deadLetter: aDeadLetter({ severity: 'critical', investigateWithin: time('2h') }),
  }),
  'dead-letter-wait': withConsumer({ deadLetter: aDeadLetter({ after: 'wait' }) }),
  'dead-letter-above-rate': withConsumer({ deadLetter: aDeadLetter({ alertAbove: rate('5/min') }) }),
  'hand-written': aSet([
    aContract({
      consumers: [aConsumer('billing', { generated: false })],
      producers: [aProducer('till', { generated: false })],
    }),
  ]),
  producer: aSet([aContract({ stakes: { loss: 'catastrophic', duplicate: 'tolerable' }, producers: [aProducer()] })]),
  draft: aSet([aContract({ status: 'draft', consumers: [aCarelessConsumer()] })]),
  'prefixed-environment': aSet([
    aContract({
      environments: [
        { name: 'local', topic },
        { name: 'staging', topic: { ...topic, name: 'staging.shop.sold.v1' } },
      ],
      consumers: [aCarelessConsumer()],
    }),
  ]),
  'published-docs': aSet([aContract({ major: 2, producers: [aProducer()] })], [aTeam('shop')], {
    docs: 'https://docs.acme.example/events/',
  }),
  'other-metrics': aSet([aContract({ producers: [aProducer()] })], [aTeam('shop')], { metrics: 'kafka-exporter' }),
};

/** Not golden, but judged by promtool: extremes of every number, and text that means something to somebody. */
export const extremes: Readonly<Record<string, ContractSet>> = {
  tiny: withConsumer({
    lag: { maxAge: time('1ms'), maxMessages: 1 },
    timeout: time('1ms'),
    retry: { ...(aConsumer().retry ?? never()), within: time('1ms') },
    deadLetter: aDeadLetter({ alertAbove: rate('0.001/d'), investigateWithin: time('1s') }),
  }),
  huge: aSet([
    aContract({
      traffic: { ...aContract().traffic, average: rate('10000000/s') },
      consumers: [
        aConsumer('billing', {
          lag: { maxAge: time('365d'), maxMessages: 1_000_000_000_000 },
          timeout: time('7d'),
          retry: { ...(aConsumer().retry ?? never()), within: time('2d') },
          deadLetter: aDeadLetter({ severity: 'info', alertAbove: rate('1000000/s'), investigateWithin: time('14d') }),
        }),
      ],
    }),
  ]),
  hostile: aSet(
    [
      aContract({
        title: hostile,
        description: hostile,
        consumers: [
          aConsumer('on', {
            owner: hostile,
            group: hostile,
            deadLetter: aDeadLetter({ owner: hostile, topic: hostile, alertAbove: { perSecond: 1, text: hostile } }),
          }),
        ],
        producers: [aProducer('null', { owner: hostile })],
        topic: { ...topic, name: hostile },
      }),
    ],
    [aTeam(hostile)],
    { docs: `https://x.example/${hostile}` },
  ),
};

function never(): never {
  throw new Error('the sample consumer has a retry budget');
}
