/** The instruments of one consumer, bound to their labels once. */
import type { ConsumerContract } from '../contract.ts';
import { type Disposition, dispositions } from '../dead-letter/disposition.ts';
import { everywhere } from '../telemetry/everywhere.ts';
import type { Counter, Gauge, Labels, Telemetry } from '../telemetry/telemetry.ts';

export type Instruments = Bound & {
  /** Those of one event of the consumer: for what becomes of a record of it. */
  of(type: number): Bound;
};

type Bound = ReturnType<typeof bind>;

/**
 * In a stream every event has labels of its own, and alerts over them. What is about the consumer as a whole stands under
 * each of them.
 */
export function bindInstruments(
  telemetry: Telemetry,
  consumers: ConsumerContract | readonly ConsumerContract[],
  topic: string,
): Instruments {
  const labels = [consumers].flat().map(({ event, name }) => ({ contract: event.name, consumer: name, topic }));
  const each = labels.map((one) => bind(telemetry, one));
  const [only, second] = each;
  const whole = only !== undefined && second === undefined ? only : bind(everywhere(telemetry, labels), {});
  return { ...whole, of: (type) => each[type] ?? only ?? whole };
}

function bind(telemetry: Telemetry, labels: Labels) {
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
    skipped: counter('recordsSkipped'),
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
    transitSeconds: telemetry.histogram('transitSeconds', labels),
    keyWaitSeconds: telemetry.histogram('keyWaitSeconds', labels),
    dwellSeconds: telemetry.histogram('dwellSeconds', labels),
    commitSeconds: telemetry.histogram('commitSeconds', labels),
    handlerSeconds: telemetry.histogram('handlerSeconds', labels),
    sequenceGaps: counter('sequenceGaps'),
    outOfOrder: counter('outOfOrder'),
    hottestKeyShare: gauge('hottestKeyShare'),
    inFlight: gauge('inFlight'),
    waiting: gauge('waiting'),
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
