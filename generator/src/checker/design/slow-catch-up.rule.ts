import { affected, promiseOf } from '../places.ts';
import { printDuration, printNumber } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

const outageSeconds = 3600;

export const slowCatchUp: DesignRule = {
  id: 'design/slow-catch-up',
  severity: 'warning',
  summary: 'After an hour’s outage a consumer is back inside its lag promise soon.',
  why: 'While a consumer is away, events pile up; when it is back, new ones keep coming. Only the difference between its rate and the traffic drains the backlog. With little difference an hour’s outage lasts a day, and the lag promise is broken all along.',
  *check(contract) {
    const { average } = contract.traffic;
    for (const consumer of contract.consumers) {
      const promised = consumer.lag?.maxAge;
      const rate = consumer.catchUp?.rate ?? consumer.rateLimit;
      if (!promised || !rate) continue;
      const backlog = average.perSecond * outageSeconds;
      const spare = rate.perSecond - average.perSecond;
      const seconds = spare <= 0 ? Number.POSITIVE_INFINITY : backlog / spare;
      if (seconds * 1000 <= promised.ms) continue;
      const limit = consumer.catchUp ? ['catchUp', 'rate'] : ['rateLimit'];
      yield {
        ...promiseOf(contract, consumer, limit),
        message: Number.isFinite(seconds)
          ? `After an hour’s outage ${printNumber(backlog)} events wait; at ${rate.text} against ${average.text} arriving, the promise of ${promised.text} is broken for another ${printDuration(seconds * 1000)}.`
          : `At ${rate.text} against ${average.text} arriving, the ${printNumber(backlog)} events of an hour’s outage are never caught up with.`,
        whoPays: `${consumer.owner}, who is paged for lag until then`,
        consumers: affected(contract, [consumer]),
        hint: `to be back within ${promised.text} it takes ${printNumber(average.perSecond + backlog / (promised.ms / 1000))}/s: raise \`catchUp.rate\`, or promise what can be kept`,
      };
    }
  },
};
