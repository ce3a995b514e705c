/** What a runtime says when it starts: one line per consumer of what it promises, and what is not in force yet. */
import type { BrokerFeatures } from './broker/broker.ts';
import type { ConsumerContract, ProducerPromises } from './contract.ts';
import { duration, percent, rate } from './quantity-text.ts';

export interface StartReport {
  readonly consumers: readonly string[];
  readonly producers: readonly string[];
  /** Defaults of the contract format that this version does not keep yet, by name. */
  readonly notInForce: readonly string[];
  /** All of it, as it is printed. */
  readonly lines: readonly string[];
}

/** Defaults of every consumer; a field that is written instead of defaulted is refused, see refusals.ts. */
const defaultsNotInForce = [
  'completed offsets in the commit metadata (a crash repeats what was in flight and what came after it)',
  'crash-loop suspects (a record that kills its process is met again)',
];

interface ProducerReport {
  readonly event: string;
  readonly topic: string;
  readonly promises: ProducerPromises | undefined;
}

export function startReport(
  service: string,
  consumers: readonly ConsumerContract[],
  producers: readonly ProducerReport[],
  features: BrokerFeatures,
  parks: boolean,
): StartReport {
  const consumerLines = consumers.map(describe);
  const producerLines = producers.map(describeProducer);
  const missing = consumers.length === 0 ? [] : [...defaultsNotInForce];
  if (consumers.length > 0 && !features.commitMetadata) {
    missing.push('foreign commits are not recognised: this broker gives no metadata back');
  }
  if (consumers.length > 0 && !parks) {
    missing.push('park (without a store that can, a partition that waits beyond maxWaiting is paused)');
  }
  const lines = [
    ...consumerLines.map((line) => `${service} ${line}`),
    ...producerLines.map((line) => `${service} ${line}`),
    ...missing.map((name) => `${service} not in force yet: ${name}`),
  ];
  return { consumers: consumerLines, producers: producerLines, notInForce: missing, lines };
}

function describe(consumer: ConsumerContract): string {
  const { event, retry, deadLetter, idempotency } = consumer;
  const order = { 'per-key': 'in order per key', global: 'in one order', none: 'in any order' }[event.ordering];
  const others = consumer.stream?.map((other) => other.event) ?? [];
  const together = others.length === 0 ? '' : ` with ${others.join(' and ')}`;
  const parts = [
    `consumes ${event.name} as ${consumer.name} (${consumer.owner}): ${consumer.delivery}, ${order}${together}`,
  ];
  if (idempotency !== undefined && consumer.delivery === 'effectively-once') {
    parts.push(`duplicates by ${idempotency.key.join(' + ')} for ${duration(idempotency.windowMs)}`);
  }
  if (consumer.delivery === 'at-most-once') parts.push('committed first, one attempt, what fails is lost and counted');
  if (retry !== undefined) parts.push(`${retry.attempts} attempts within ${duration(retry.withinMs)}`);
  if (deadLetter !== undefined) {
    parts.push(`dead letters to ${deadLetter.owner}, by ${duration(deadLetter.investigateWithinMs)}`);
  }
  parts.push(
    `${consumer.concurrency} at once, ${consumer.backpressure.maxWaiting} waiting, then ${overload(consumer)}`,
  );
  parts.push(...pace(consumer));
  return parts.join('; ');
}

function describeProducer({ event, topic, promises }: ProducerReport): string {
  const line = `produces ${event} to ${topic}`;
  if (promises === undefined || promises.onOverload === 'block') return line;
  const { onOverload, bufferBytes, approvedBy } = promises;
  const what = onOverload === 'buffer' ? `buffers ${bufferBytes ?? 0} bytes, then drops` : 'drops';
  return `${line}; ${what} when the broker is away (approved by ${approvedBy ?? 'nobody'})`;
}

/** The policy, and for a lossy one what it loses and who agreed to that. */
function overload({ backpressure }: ConsumerContract): string {
  const { policy, maxAgeMs, maxLag, keepOneIn, approvedBy } = backpressure;
  if (policy === 'block' || policy === 'scale') return policy;
  const what = {
    'drop-oldest': [
      ...(maxAgeMs === undefined ? [] : [`older than ${duration(maxAgeMs)}`]),
      ...(maxLag === undefined ? [] : [`more than ${maxLag} behind`]),
    ].join(' or '),
    'drop-newest': 'what arrives at the full buffer',
    sample: `all but one in ${keepOneIn}, at all times`,
  }[policy];
  return `${policy} (loses ${what === '' ? 'nothing' : what}; approved by ${approvedBy ?? 'nobody'})`;
}

/** What makes it slower on purpose. */
function pace({ rateLimitPerSecond, catchUp, breaker, deadLetter }: ConsumerContract): readonly string[] {
  const parts: string[] = [];
  if (rateLimitPerSecond !== undefined) parts.push(`${rate(rateLimitPerSecond)} in the whole group`);
  if (catchUp !== undefined) {
    parts.push(`what is older than ${duration(catchUp.whenOlderThanMs)} at ${rate(catchUp.ratePerSecond)}`);
  }
  if (breaker !== undefined) {
    const { failures, overMs, probeEveryMs } = breaker;
    const when = `${percent(failures)} of the attempts in ${duration(overMs)} fail`;
    parts.push(`stops when more than ${when}, probes every ${duration(probeEveryMs)}`);
  }
  if (deadLetter !== undefined && deadLetter.floodGuard.share < 1) {
    const { share, overMs } = deadLetter.floodGuard;
    parts.push(`stops when more than ${percent(share)} of what ends in ${duration(overMs)} are dead letters`);
  }
  return parts;
}
