import { affected, field } from '../places.ts';
import { printNumber } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

/** Peak rate in events a second below which a table and a worker do the same work with less to operate. */
const worthABroker = 50;

export const lowVolume: DesignRule = {
  id: 'design/low-volume',
  severity: 'warning',
  summary: 'Few events between one producer and one consumer are worth a broker.',
  why: 'A topic buys independent readers, replay and throughput. One producer, one consumer and a few events a second need none of them: a table and a worker in the same database also give one transaction. Event sourcing is exempt, since replay is its point.',
  *check(contract) {
    const { traffic, producers, consumers, intent } = contract;
    if (intent === 'event-sourcing' || producers.length !== 1 || consumers.length !== 1) return;
    if (traffic.peak.perSecond >= worthABroker) return;
    yield {
      ...field(contract, ['traffic', 'peak']),
      message: `One producer, one consumer, ${printNumber(traffic.peak.perSecond)} events a second at the peak: a table and a worker would do.`,
      whoPays: `${contract.owner}, who operates a topic, a group and a dead letter for it`,
      consumers: affected(contract),
      hint: 'consider a PostgreSQL table with `for update skip locked`; keep the topic if a second reader is coming',
    };
  },
};
