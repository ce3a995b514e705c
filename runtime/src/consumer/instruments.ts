/** The instruments of one consumer, bound to their labels once. */
import type { ConsumerContract } from '../contract.ts';
import { type Disposition, dispositions } from '../dead-letter/disposition.ts';
import type { Counter, Gauge, Telemetry } from '../telemetry/telemetry.ts';

export type Instruments = ReturnType<typeof bindInstruments>;

export function bindInstruments(telemetry: Telemetry, consumer: ConsumerContract, topic: string) {
  const labels = { contract: consumer.event.name, consumer: consumer.name, topic };
  const counter = (metric: Parameters<Telemetry['counter']>[0]) => telemetry.counter(metric, labels);
  const gauge = (metric: Parameters<Telemetry['gauge']>[0]) => telemetry.gauge(metric, labels);
  const deadLettered = new Map<Disposition, Counter>(
    dispositions.map((disposition) => [
      disposition,
      telemetry.counter('recordsDeadLettered', { ...labels, disposition }),
    ]),
  );
  const lag = new Map<number, { readonly records: Gauge; readonly seconds: Gauge }>();
  return {
    received: counter('recordsReceived'),
    handled: counter('recordsHandled'),
    duplicate: counter('recordsDuplicate'),
    attempts: counter('attempts'),
    retries: counter('retries'),
    retriesExhausted: counter('retriesExhausted'),
    handlerTimeouts: counter('handlerTimeouts'),
    payloadMismatches: counter('payloadMismatches'),
    deadLetterFailures: counter('deadLetterFailures'),
    commitFailures: counter('commitFailures'),
    rebalances: counter('rebalances'),
    handlerSeconds: telemetry.histogram('handlerSeconds', labels),
    inFlight: gauge('inFlight'),
    waiting: gauge('waiting'),
    parkedWaiting: telemetry.gauge('parked', { ...labels, state: 'waiting' }),
    parkedDead: telemetry.gauge('parked', { ...labels, state: 'dead' }),
    oldestParked: gauge('oldestParked'),
    discarded: counter('recordsDiscarded'),
    pausedPartitions: gauge('pausedPartitions'),
    stoppedPartitions: gauge('stoppedPartitions'),
    oldestDeadLetter: gauge('oldestDeadLetter'),
    up: gauge('consumerUp'),
    startTime: gauge('startTime'),
    deadLettered: (disposition: Disposition) => deadLettered.get(disposition),
    lag(partition: number) {
      const known = lag.get(partition);
      if (known !== undefined) return known;
      const of = { ...labels, partition: String(partition) };
      const bound = { records: telemetry.gauge('lagRecords', of), seconds: telemetry.gauge('lagSeconds', of) };
      lag.set(partition, bound);
      return bound;
    },
  };
}
