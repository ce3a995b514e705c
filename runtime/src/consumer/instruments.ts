/** The instruments of one consumer, bound to their labels once. */
import type { ConsumerContract } from '../contract.ts';
import { type Disposition, dispositions } from '../dead-letter/disposition.ts';
import { type LossCause, lossCauses } from '../loss/loss-record.ts';
import type { Counter, Gauge, Telemetry } from '../telemetry/telemetry.ts';
import { Workload } from './demand.ts';

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
  const lost = new Map<LossCause, Counter>(
    lossCauses.map((cause) => [
      cause,
      cause === 'retention' || cause === 'on-offset-lost'
        ? telemetry.counter('recordsExpired', { ...labels, cause })
        : telemetry.counter('recordsDropped', { ...labels, policy: cause }),
    ]),
  );
  const lag = new Map<number, { readonly records: Gauge; readonly seconds: Gauge }>();
  const scales = consumer.backpressure.policy === 'scale';
  const demand = scales ? { workload: new Workload(), wanted: gauge('wantedHandlers') } : undefined;
  const seconds = telemetry.histogram('handlerSeconds', labels);
  const handled = counter('recordsHandled');
  const work = demand?.workload.watch(seconds, handled) ?? { seconds, handled };
  return {
    received: counter('recordsReceived'),
    handled: work.handled,
    duplicate: counter('recordsDuplicate'),
    lostAttempts: counter('recordsLost'),
    attempts: counter('attempts'),
    retries: counter('retries'),
    retriesExhausted: counter('retriesExhausted'),
    handlerTimeouts: counter('handlerTimeouts'),
    payloadMismatches: counter('payloadMismatches'),
    deadLetterFailures: counter('deadLetterFailures'),
    lossLedgerFailures: counter('lossLedgerFailures'),
    commitFailures: counter('commitFailures'),
    rebalances: counter('rebalances'),
    handlerSeconds: work.seconds,
    /** With `scale`. */
    demand,
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
