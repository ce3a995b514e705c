/** What to look at first when an alert of a consumer or a producer fires: the words of each graph and its expression. */
import { metrics } from '@tenet/runtime/metric-names';
import { type ConsumerSubject, type ProducerSubject, perConsumer, perProducer } from './alert.ts';
import { lagPerPartition } from './consumer/lag-per-partition.ts';
import { buckets, maxBy, quantile, rate, select, sumBy, type Vector } from './promql.ts';

export interface Graph {
  readonly what: string;
  readonly expression: Vector<string>;
}

export function graphsOfConsumer(where: ConsumerSubject['where']): readonly Graph[] {
  const handlers = sumBy([...perConsumer, 'le'], rate(buckets(metrics.handlerSeconds, where), '5m'));
  const perSecond = (metric: typeof metrics.recordsReceived | typeof metrics.recordsHandled | typeof metrics.retries) =>
    sumBy(perConsumer, rate(select(metric, where), '5m'));
  return [
    {
      what: 'Age of the oldest unfinished event, seconds',
      expression: maxBy([...perConsumer, 'partition'], select(metrics.lagSeconds, where)),
    },
    { what: 'Events behind, by partition', expression: lagPerPartition(where) },
    { what: 'Events received a second', expression: perSecond(metrics.recordsReceived) },
    { what: 'Events handled a second', expression: perSecond(metrics.recordsHandled) },
    { what: 'Attempts after the first a second', expression: perSecond(metrics.retries) },
    {
      what: 'Dead letters a second, by cause',
      expression: sumBy([...perConsumer, 'disposition'], rate(select(metrics.recordsDeadLettered, where), '5m')),
    },
    {
      what: 'Slowest hundredth of the handlers, seconds',
      expression: quantile<(typeof perConsumer)[number]>(0.99, handlers),
    },
    { what: 'Members that are up', expression: sumBy(perConsumer, select(metrics.consumerUp, where)) },
  ];
}

export function graphsOfProducer(where: ProducerSubject['where']): readonly Graph[] {
  const sends = sumBy([...perProducer, 'le'], rate(buckets(metrics.sendSeconds, where), '5m'));
  return [
    {
      what: 'Events published a second',
      expression: sumBy(perProducer, rate(select(metrics.recordsSent, where), '5m')),
    },
    {
      what: 'Sends that failed for good a second, by code',
      expression: sumBy([...perProducer, 'code'], rate(select(metrics.sendFailures, where), '5m')),
    },
    {
      what: 'Events refused by the contract a second',
      expression: sumBy(perProducer, rate(select(metrics.recordsRefused, where), '5m')),
    },
    {
      what: 'Slowest hundredth of the acknowledgements, seconds',
      expression: quantile<(typeof perProducer)[number]>(0.99, sends),
    },
  ];
}
