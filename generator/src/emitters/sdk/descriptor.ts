/** A contract as the data that the runtime keeps its promises by (`EventContract`, `ConsumerContract`). */
import type { Consumer, Contract, Topic } from '../../model/contract.ts';
import type { Duration } from '../../model/units.ts';
import { type LiteralObject, Raw } from './js-text.ts';
import { printedPath } from './printed-path.ts';
import { writtenFields } from './written-fields.ts';

/** `validators` is the name of the constant that holds them; `stream`: the other contracts of the topic. */
export function eventData(
  contract: Contract,
  stream: readonly Contract[],
  label: string,
  validators: string,
): LiteralObject {
  return {
    name: contract.name,
    version: contract.version,
    owner: contract.owner,
    source: printedPath(contract.source.path, label),
    topic: topicData(contract.topic),
    environments: Object.fromEntries(contract.environments.map(({ name, topic }) => [name, topicData(topic)])),
    stream: stream.length === 0 ? undefined : stream.map(({ name }) => name),
    encoding: contract.encoding,
    tombstones: contract.tombstones,
    ordering: contract.ordering,
    key: contract.partitionKey && { fields: contract.partitionKey.fields, buckets: contract.partitionKey.buckets },
    attributes: { ...contract.attributes },
    classification: Object.fromEntries(contract.classification.map(({ pointer, kind }) => [pointer, kind])),
    producers: Object.fromEntries(
      contract.producers
        .filter(({ generated }) => generated)
        .map((producer) => [
          producer.service,
          {
            owner: producer.owner,
            outbox: producer.outbox,
            acks: producer.acks,
            onOverload: producer.onOverload,
            bufferBytes: producer.buffer?.bytes,
            approvedBy: producer.approvedBy,
          },
        ]),
    ),
    validators: new Raw(validators),
    written: writtenFields(contract, label),
  };
}

/** `event` is the name of the constant that holds the event's own data; `stream`: the other contracts of the topic. */
export function consumerData(
  consumer: Consumer,
  stream: readonly Contract[],
  label: string,
  event: string,
): LiteralObject {
  const { idempotency, retry, deadLetter, backpressure, batch, catchUp, breaker, lag } = consumer;
  const others = stream.flatMap((contract) => declaredIn(contract, consumer.name, label));
  return {
    event: new Raw(event),
    name: consumer.name,
    owner: consumer.owner,
    group: consumer.group,
    stream: others.length === 0 ? undefined : others,
    delivery: consumer.delivery,
    idempotency: idempotency && { key: idempotency.key, windowMs: idempotency.window.ms, store: idempotency.store },
    retry: retry && {
      attempts: retry.attempts,
      withinMs: retry.within.ms,
      initialMs: retry.backoff.initial.ms,
      factor: retry.backoff.factor,
      maxMs: retry.backoff.max.ms,
      jitter: retry.backoff.jitter,
      ratio: retry.ratio.fraction,
      nonRetryable: retry.nonRetryable,
    },
    deadLetter: deadLetter && {
      owner: deadLetter.owner,
      investigateWithinMs: deadLetter.investigateWithin.ms,
      severity: deadLetter.severity,
      topic: deadLetter.topic,
      retentionMs: endless(deadLetter.retention),
      after: deadLetter.after,
      floodGuard: { share: deadLetter.floodGuard.share.fraction, overMs: deadLetter.floodGuard.over.ms },
    },
    backpressure: {
      policy: backpressure.policy,
      maxInFlight: backpressure.maxInFlight,
      maxWaiting: backpressure.maxWaiting,
      maxAgeMs: backpressure.maxAge?.ms,
      maxLag: backpressure.maxLag,
      keepOneIn: backpressure.keepOneIn,
      approvedBy: backpressure.approvedBy,
    },
    concurrency: consumer.concurrency,
    timeoutMs: consumer.timeout.ms,
    batch: batch && { size: batch.size, withinMs: batch.within.ms },
    rateLimitPerSecond: consumer.rateLimit?.perSecond,
    catchUp: catchUp && { ratePerSecond: catchUp.rate.perSecond, whenOlderThanMs: catchUp.whenOlderThan.ms },
    breaker: breaker && {
      failures: breaker.failures.fraction,
      overMs: breaker.over.ms,
      probeEveryMs: breaker.probeEvery.ms,
    },
    lag: lag && { maxAgeMs: lag.maxAge?.ms, maxMessages: lag.maxMessages },
    startFrom: consumer.startFrom,
    onOffsetLost: consumer.onOffsetLost,
  };
}

/** The entry of a consumer in another contract of its stream. */
function declaredIn(contract: Contract, consumer: string, label: string): readonly LiteralObject[] {
  if (!contract.consumers.some(({ name, generated }) => generated && name === consumer)) return [];
  const { path, line } = contract.source.locate(['consumers', consumer]);
  return [{ event: contract.name, at: `${printedPath(path, label)}:${line}` }];
}

function topicData(topic: Topic): LiteralObject {
  return {
    name: topic.name,
    partitions: topic.partitions,
    replication: topic.replication,
    minInSync: topic.minInSync,
    retentionMs: endless(topic.retention),
    cleanup: topic.cleanup,
    maxMessageBytes: topic.maxMessage.bytes,
  };
}

function endless(retention: Duration | 'forever'): number {
  return retention === 'forever' ? -1 : retention.ms;
}
