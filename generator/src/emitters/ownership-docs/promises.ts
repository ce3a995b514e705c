/** The promises of a contract in plain words: one sentence each, numbers and all. */

import { code, join, type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { Backpressure, Consumer, Contract, Idempotency, Producer, Retry } from '../../model/contract.ts';
import type { Duration } from '../../model/units.ts';
import { countShown } from '../text/quantities.ts';

/** A duration, or the words for having none. */
export function lasting(time: Duration | 'forever', forever: string): Markdown {
  return text(time === 'forever' ? forever : time.text);
}

export function pointers(list: readonly string[]): Markdown {
  return join(list.map(code), ', ');
}

function plural(count: number, one: string, many: string): Markdown {
  return text(`${countShown(count)} ${count === 1 ? one : many}`);
}

export function keyInWords({ partitionKey, ordering }: Contract): Markdown {
  if (partitionKey === undefined) {
    return ordering === 'global'
      ? markdown`none: one line for all events`
      : markdown`none: events are spread, in no order`;
  }
  const spread =
    partitionKey.buckets === undefined
      ? markdown``
      : markdown` in ${plural(partitionKey.buckets, 'bucket', 'buckets')}`;
  const order =
    ordering === 'per-key'
      ? markdown`events of one key stay in order`
      : ordering === 'global'
        ? markdown`all events stay in order`
        : markdown`no order is promised`;
  return markdown`${pointers(partitionKey.fields)}${spread}; ${order}`;
}

export function producerInWords(contract: Contract, producer: Producer): readonly Markdown[] {
  const { minInSync, replication } = contract.topic;
  const acks = {
    all: markdown`An event counts as published once ${plural(minInSync, 'copy has', 'copies have')} it (of ${replication}).`,
    leader: markdown`An event counts as published once one broker has it: it is lost if that broker dies before it was copied.`,
    none: markdown`Events are sent without waiting for an answer: those that get lost are not noticed.`,
  }[producer.acks];
  const approved =
    producer.approvedBy === undefined ? markdown`` : markdown` Approved by ${text(producer.approvedBy)}.`;
  const overload = {
    block: markdown`When the broker is away, the caller waits and then gets an error.`,
    'drop-newest': markdown`When the broker is away, new events are dropped and counted.${approved}`,
    buffer: markdown`When the broker is away, up to ${text(producer.buffer?.text ?? '0 B')} wait in memory; what does not fit is dropped and counted.${approved}`,
  }[producer.onOverload];
  return [
    acks,
    overload,
    ...(producer.outbox
      ? [markdown`Events are written in the caller's own transaction (outbox): published if and only if it commits.`]
      : []),
    ...(producer.generated ? [] : [handWritten]),
  ];
}

const handWritten = markdown`Hand-written: it exports none of Tenet's metrics, so nothing here is watched by a generated alert.`;

function delivery(consumer: Consumer): Markdown {
  if (consumer.delivery === 'at-most-once') {
    return markdown`Each event is handled **at most once**: what fails or is cut off is not tried again.`;
  }
  if (consumer.delivery === 'at-least-once') {
    return markdown`Each event is handled **at least once**: after a failure or a restart, some are handled again.`;
  }
  return markdown`Each event **takes effect once**: it may arrive again, and is then recognised${recognised(consumer.idempotency)}.`;
}

function recognised(idempotency: Idempotency | undefined): Markdown {
  if (idempotency === undefined) return markdown``;
  const store =
    idempotency.store === 'postgres' ? markdown`in the handler's own database transaction` : markdown`in memory`;
  return markdown` by ${pointers(idempotency.key)}, for ${text(idempotency.window.text)}, ${store}`;
}

function retries({ attempts, within, backoff, nonRetryable }: Retry): readonly Markdown[] {
  if (attempts === 1) return [markdown`A failing event is **not tried again**.`];
  const random = backoff.jitter === 'full' ? markdown`at random up to ` : markdown``;
  return [
    markdown`A failing event is tried **${attempts} times in ${text(within.text)}** at most. It waits ${random}${text(backoff.initial.text)} first, ${backoff.factor} times that after each failure, never over ${text(backoff.max.text)}; only events of its own key wait with it.`,
    ...(nonRetryable.length === 0
      ? []
      : [markdown`Not tried again at all: errors named ${join(nonRetryable.map(code), ', ')}.`]),
  ];
}

function overload(policy: Backpressure): Markdown {
  const signed = policy.approvedBy === undefined ? markdown`` : markdown` (approved by ${text(policy.approvedBy)})`;
  switch (policy.policy) {
    case 'block':
      return markdown`When it cannot keep up, it stops fetching and its lag grows: **nothing is dropped**. At most ${plural(policy.maxInFlight, 'event is', 'events are')} in its hands.`;
    case 'drop-oldest': {
      const limits = [
        ...(policy.maxAge === undefined ? [] : [markdown`older than ${text(policy.maxAge.text)}`]),
        ...(policy.maxLag === undefined ? [] : [markdown`more than ${text(countShown(policy.maxLag))} behind`]),
      ];
      return markdown`When it cannot keep up, **old events are dropped** and counted${limits.length === 0 ? markdown`` : markdown`: those ${join(limits, ' or ')}`}${signed}.`;
    }
    case 'drop-newest':
      return markdown`When it cannot keep up, **new events are dropped** and counted${signed}.`;
    case 'sample':
      return markdown`At all times it handles **one event in ${policy.keepOneIn ?? 1}** of each key and says so to the handler; the others are counted${signed}.`;
    case 'scale':
      return markdown`When it cannot keep up, it asks for more members; meanwhile its lag grows and **nothing is dropped**.`;
  }
}

/** What a consumer may rely on, and what others may rely on from it. */
export function consumerInWords(contract: Contract, consumer: Consumer): readonly Markdown[] {
  const { lag, rateLimit, batch, objective } = consumer;
  const behind = [
    ...(lag?.maxAge === undefined ? [] : [text(lag.maxAge.text)]),
    ...(lag?.maxMessages === undefined ? [] : [plural(lag.maxMessages, 'event', 'events')]),
  ];
  const reads =
    consumer.reads.length === 0
      ? markdown`It reads the **whole event**.`
      : markdown`It reads ${pointers(consumer.reads)} and nothing else.`;
  return [
    delivery(consumer),
    ...(consumer.retry === undefined ? [] : retries(consumer.retry)),
    overload(consumer.backpressure),
    ...(behind.length === 0 ? [] : [markdown`It promises to be **no more than ${join(behind, ' and ')} behind**.`]),
    ...(objective === undefined
      ? []
      : [markdown`${text(objective.share.text)} of all events are handled within ${text(objective.within.text)}.`]),
    reads,
    markdown`Up to ${plural(consumer.concurrency, 'handler runs', 'handlers run')} at once, ${text(consumer.timeout.text)} each${rateLimit === undefined ? markdown`` : markdown`, at most ${text(rateLimit.text)} in the whole group`}${batch === undefined ? markdown`` : markdown`, in batches of up to ${batch.size} or ${text(batch.within.text)}`}.`,
    markdown`It can be replayed for ${lasting(consumer.replayWindow, 'as long as the topic exists')}. Its group is ${code(consumer.group)}.`,
    ...(contract.ordering === 'per-key' && consumer.deadLetter?.after === 'follow'
      ? [markdown`After a dead letter, later events of the same key **go on without it**.`]
      : []),
    ...(consumer.deadLetter?.after === 'wait'
      ? [markdown`After a dead letter, later events of the same key **wait** until it is settled.`]
      : []),
    ...(consumer.generated ? [] : [handWritten]),
  ];
}
