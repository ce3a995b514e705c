/** The instruments of one consumer, bound to their labels once. */
import type { ConsumerContract } from '../contract.ts';
import { type Disposition, dispositions } from '../dead-letter/disposition.ts';
import { type LossCause, lossCauses } from '../loss/loss-record.ts';
import { everywhere } from '../telemetry/everywhere.ts';
import type { Counter, Gauge, Labels, Telemetry } from '../telemetry/telemetry.ts';
import { Workload } from './demand.ts';

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
  consumers: readonly ConsumerContract[],
  topic: string,
): Instruments {
  const labels = consumers.map(({ event, name }) => ({ contract: event.name, consumer: name, topic }));
  const workload = consumers[0]?.backpressure.policy === 'scale' ? new Workload() : undefined;
  const each = labels.map((one) => bind(telemetry, one, workload));
  const [only, second] = each;
  const whole = only !== undefined && second === undefined ? only : bind(everywhere(telemetry, labels), {}, workload);
  return { ...whole, of: (type) => each[type] ?? only ?? whole };
}

/** `workload`: with `scale`, of all events of the consumer together. */
function bind(telemetry: Telemetry, labels: Labels, workload: Workload | undefined) {
  const counter = (metric: Parameters<Telemetry['counter']>[0]) => telemetry.counter(metric, labels);
  const gauge = (metric: Parameters<Telemetry['gauge']>[0]) => telemetry.gauge(metric, labels);
  const deadLettered = new Map<Disposition, Counter>(
    dispositions.map((disposition) => [
      disposition,
      telemetry.counter('recordsDeadLettered', { ...labels, disposition }),
    ]),
  );
  const lost = new Map<LossCause, Counter>(
    lossCauses.map((cause) => [
      cause,
      cause === 'retention' || cause === 'on-offset-lost'
        ? telemetry.counter('recordsExpired', { ...labels, cause })
        : telemetry.counter('recordsDropped', { ...labels, policy: cause }),
    ]),
  );
  const lag = new Map<number, { readonly records: Gauge; readonly seconds: Gauge }>();
  const demand = workload === undefined ? undefined : { workload, wanted: gauge('wantedHandlers') };
  const seconds = telemetry.histogram('handlerSeconds', labels);
  const handled = counter('recordsHandled');
  const work = demand?.workload.watch(seconds, handled) ?? { seconds, handled };
  return {
    received: counter('recordsReceived'),
    skipped: counter('recordsSkipped'),
    handled: work.handled,
    duplicate: counter('recordsDuplicate'),
    lostAttempts: counter('recordsLost'),
    attempts: counter('attempts'),
    retries: counter('retries'),
    retriesExhausted: counter('retriesExhausted'),
    handlerTimeouts: counter('handlerTimeouts'),
    wedgedHandlers: gauge('wedgedHandlers'),
    payloadMismatches: counter('payloadMismatches'),
    deadLetterFailures: counter('deadLetterFailures'),
    lossLedgerFailures: counter('lossLedgerFailures'),
    commitFailures: counter('commitFailures'),
    rebalances: counter('rebalances'),
    transitSeconds: telemetry.histogram('transitSeconds', labels),
    keyWaitSeconds: telemetry.histogram('keyWaitSeconds', labels),
    dwellSeconds: telemetry.histogram('dwellSeconds', labels),
    commitSeconds: telemetry.histogram('commitSeconds', labels),
    handlerSeconds: work.seconds,
    /** With `scale`. */
    demand,
    sequenceGaps: counter('sequenceGaps'),
    outOfOrder: counter('outOfOrder'),
    hottestKeyShare: gauge('hottestKeyShare'),
    inFlight: gauge('inFlight'),
    waiting: gauge('waiting'),
    parkedWaiting: telemetry.gauge('parked', { ...labels, state: 'waiting' }),
    parkedDead: telemetry.gauge('parked', { ...labels, state: 'dead' }),
    oldestParked: gauge('oldestParked'),
    discarded: counter('recordsDiscarded'),
    pausedPartitions: gauge('pausedPartitions'),
    breakerOpen: gauge('breakerOpen'),
    deadLetterFlood: gauge('deadLetterFlood'),
    stoppedPartitions: gauge('stoppedPartitions'),
    commitOverflow: gauge('commitOverflow'),
    oldestDeadLetter: gauge('oldestDeadLetter'),
    up: gauge('consumerUp'),
    startTime: gauge('startTime'),
    deadLettered: (disposition: Disposition) => deadLettered.get(disposition),
    lost: (cause: LossCause) => lost.get(cause),
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
