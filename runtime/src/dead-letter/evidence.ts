/**
 * The evidence of a dead letter (I5): the record's own key, value and headers, byte for byte and in order, and behind
 * them `tenet-dlq-*` headers in UTF-8. Evidence of an earlier death gives way to the new one, so that a record that
 * dies again and again does not grow.
 */
import type { BrokerRecord, OutgoingRecord } from '../broker/broker.ts';
import type { ConsumerContract, DeadLetterPolicy } from '../contract.ts';
import { type HeaderList, headerNames, headerText, textHeader } from '../envelope/headers.ts';
import type { Disposition } from './disposition.ts';

/** Under which assignment the evidence was written: it may repeat, and the later generation is the owner's. */
export interface DeathPlace {
  readonly record: BrokerRecord;
  /** Of a consumer of several events: which of them it is. */
  readonly type: number;
  readonly generation: number;
  /** How often it has died out of the line, this time included; 0: it was never there. */
  readonly deaths: number;
}

export interface Death {
  readonly disposition: Disposition;
  readonly errorClass: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly firstFailureAt: number;
  readonly lastFailureAt: number;
}

export const deadLetterPrefix = 'tenet-dlq-';

/** Longest message and stack, in bytes of UTF-8; what else is in the evidence is short. */
const messageLimit = 2048;
const stackLimit = 8192;
const nameLimit = 256;

export function deadLetterRecord(
  consumer: ConsumerContract,
  policy: DeadLetterPolicy,
  { record, generation, deaths }: DeathPlace,
  death: Death,
  now: number,
): OutgoingRecord {
  const headers = record.headers.filter(([name]) => !name.startsWith(deadLetterPrefix));
  const add = (name: string, text: string) => headers.push(textHeader(deadLetterPrefix + name, text));
  const before = (name: string) => headerText(record.headers, deadLetterPrefix + name);
  if (headerText(headers, headerNames.firstSeenAt) === undefined) {
    headers.push(textHeader(headerNames.firstSeenAt, String(record.timestamp)));
  }
  add('original-topic', record.topic);
  add('original-partition', String(record.partition));
  add('original-offset', String(record.offset));
  add('original-timestamp', iso(record.timestamp));
  add('group', consumer.group);
  add('generation', String(generation));
  add('consumer', consumer.name);
  add('contract', `${consumer.event.name}@${consumer.event.version}`);
  add('owner', policy.owner);
  add('severity', policy.severity);
  add('investigate-by', iso(now + policy.investigateWithinMs));
  add('disposition', death.disposition);
  add('attempts', String(death.attempts));
  add('deaths', String(count(before('deaths')) + Math.max(1, deaths)));
  add('first-failure', earliest(before('first-failure'), iso(death.firstFailureAt)));
  add('last-failure', iso(death.lastFailureAt));
  add('error-class', cut(death.errorClass, nameLimit));
  add('error-message', cut(death.message, messageLimit));
  if (death.stack !== undefined) add('error-stack', cut(death.stack, stackLimit));
  return { topic: policy.topic, key: record.key, value: record.value, headers };
}

/** The same record with the long part of its evidence left out, for a topic that takes no more. */
export function withoutStack(record: OutgoingRecord): OutgoingRecord {
  const stack = `${deadLetterPrefix}error-stack`;
  const headers: HeaderList = record.headers.filter(([name]) => name !== stack);
  return { ...record, headers };
}

// A record may carry any 64-bit number as its time; a date holds less.
function iso(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

// A header that is none of ours is not believed.
function count(text: string | undefined): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

// ISO times of one form sort as text. A header that is none of ours is not believed.
function earliest(known: string | undefined, now: string): string {
  return known !== undefined && /^\d{4}-\d\d-\d\dT/.test(known) && known < now ? cut(known, 32) : now;
}

function cut(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.toString('utf8', 0, end);
}
