/**
 * From an event to the record that is sent: CloudEvents headers in binary mode, trace context, canonical key. Headers
 * that are the same for every event of a producer are encoded once.
 */
import { randomUUID } from 'node:crypto';
import type { EventContract } from '../contract.ts';
import { TenetError } from '../errors.ts';
import { type HeaderList, headerNames, reservedPrefixes, textHeader } from './headers.ts';
import { compileGivenKey, compileKey } from './key.ts';
import { compilePointer } from './pointer.ts';

export interface SendOptions {
  /** Headers of the caller's own; names that begin with `ce_` or `tenet-` are the envelope's. */
  readonly headers?: Readonly<Record<string, string | Uint8Array>>;
  /** Of the chain of causes that this event belongs to. Default: the event begins one, with its own id. */
  readonly correlationId?: string;
  /**
   * How many events this one stands for: `sampledRate` of the handler's context, when the event follows from one that a
   * consumer sampled. Default: 1.
   */
  readonly sampledRate?: number;
  /** W3C trace context. */
  readonly traceparent?: string;
  readonly tracestate?: string;
}

export interface Outgoing {
  readonly key: Uint8Array | null;
  /** `null`: a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: HeaderList;
  /** Bytes of all three together. */
  readonly size: number;
}

/** Both throw TenetError `missing-key`, or `invalid-event` for headers that may not be sent. */
export interface Encode {
  event(event: unknown, options: SendOptions, now: number): Outgoing;
  /** `key`: its parts, see `compileGivenKey`. */
  tombstone(key: unknown, options: SendOptions, now: number): Outgoing;
}

interface Identity {
  readonly id: string;
  readonly time: string | undefined;
  readonly key: string | undefined;
  readonly sequence: string | undefined;
}

const traceParentForm = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

export function compileEncode(contract: EventContract, service: string): Encode {
  const { id: idAt, time: timeAt, sequence: sequenceAt } = contract.attributes;
  const readId = idAt === undefined ? undefined : compilePointer(idAt);
  const readTime = timeAt === undefined ? undefined : compilePointer(timeAt);
  const readSequence = sequenceAt === undefined ? undefined : compilePointer(sequenceAt);
  const keyOf = contract.key === undefined ? undefined : compileKey(contract.key);
  const givenKeyOf = contract.key === undefined ? undefined : compileGivenKey(contract.key);
  const instance = randomUUID();
  let count = 0;
  const constant: HeaderList = [
    textHeader(headerNames.specVersion, '1.0'),
    textHeader(headerNames.type, contract.name),
    textHeader(headerNames.source, service),
    textHeader(headerNames.dataSchema, `tenet:${contract.name}/${contract.version}`),
    textHeader(headerNames.contentType, 'application/json'),
    textHeader(headerNames.producerInstance, instance),
  ];
  const scalar = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  const missing = (what: string) => {
    const text = `${contract.name}: ${what}; not sent`;
    return new TenetError('missing-key', text, { contract: contract.name });
  };
  const wrap = (
    { id, time, key, sequence }: Identity,
    value: Uint8Array | null,
    options: SendOptions,
    now: number,
  ): Outgoing => {
    count += 1;
    const headers = constant.slice();
    headers.push(textHeader(headerNames.id, id));
    headers.push(textHeader(headerNames.time, time ?? new Date(now).toISOString()));
    if (key !== undefined) headers.push(textHeader(headerNames.subject, key));
    if (sequence !== undefined) headers.push(textHeader(headerNames.sequence, sequence));
    const { sampledRate = 1 } = options;
    if (sampledRate !== 1) headers.push(textHeader(headerNames.sampledRate, checkedRate(contract.name, sampledRate)));
    headers.push(textHeader(headerNames.correlationId, options.correlationId ?? id));
    headers.push(textHeader(headerNames.enqueuedAt, String(now)), textHeader(headerNames.firstSeenAt, String(now)));
    headers.push(textHeader(headerNames.producerSequence, String(count)));
    if (options.traceparent !== undefined && traceParentForm.test(options.traceparent)) {
      headers.push(textHeader(headerNames.traceParent, options.traceparent));
      if (options.tracestate !== undefined) headers.push(textHeader(headerNames.traceState, options.tracestate));
    }
    if (options.headers !== undefined) addOwn(contract.name, headers, options.headers);
    const keyBytes = key === undefined ? null : Buffer.from(key);
    return { key: keyBytes, value, headers, size: sizeOf(keyBytes, value, headers) };
  };
  return {
    event(event, options, now) {
      const id = scalar(readId?.(event)) ?? randomUUID();
      const key = keyOf?.(event, id);
      if (typeof key === 'object') throw missing(`${key.missing} is part of the key and must not be missing or null`);
      const identity = { id, time: scalar(readTime?.(event)), key, sequence: scalar(readSequence?.(event)) };
      return wrap(identity, Buffer.from(JSON.stringify(event)), options, now);
    },
    tombstone(given, options, now) {
      const key = givenKeyOf?.(given);
      if (key === undefined) throw missing('a tombstone needs the key of what it ends, every part of it');
      return wrap({ id: randomUUID(), time: undefined, key, sequence: undefined }, null, options, now);
    },
  };
}

function checkedRate(contract: string, rate: number): string {
  if (Number.isSafeInteger(rate) && rate > 0) return String(rate);
  const text = `${contract}: sampledRate must be a whole number of at least 1, not ${rate}; not sent`;
  throw new TenetError('invalid-event', text, { contract });
}

function addOwn(
  contract: string,
  headers: (readonly [string, Uint8Array])[],
  own: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [name, value] of Object.entries(own)) {
    if (reservedPrefixes.some((prefix) => name.toLowerCase().startsWith(prefix))) {
      throw new TenetError('invalid-event', `${contract}: header ${name} belongs to the envelope; not sent`, {
        contract,
      });
    }
    headers.push([name, typeof value === 'string' ? Buffer.from(value) : value]);
  }
}

// Kafka adds a few bytes per header and record; the count is generous, since the limit is not ours to guess.
function sizeOf(key: Uint8Array | null, value: Uint8Array | null, headers: HeaderList): number {
  let size = 64 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, bytes] of headers) size += name.length + bytes.length + 4;
  return size;
}
