/** Names and bytes of the headers that a record of ours carries: CloudEvents 1.0 in binary mode, W3C trace context. */

/** The list form of every driver: order and repeats are kept. */
export type HeaderList = readonly (readonly [name: string, value: Uint8Array])[];

export const headerNames = {
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  specVersion: 'ce_specversion',
  time: 'ce_time',
  subject: 'ce_subject',
  /** Contract and version: `tenet:orders.order-placed/1.2.0`. */
  dataSchema: 'ce_dataschema',
  correlationId: 'ce_correlationid',
  sequence: 'ce_sequence',
  /** How many events this one stands for, itself included; absent: one. */
  sampledRate: 'ce_sampledrate',
  contentType: 'content-type',
  traceParent: 'traceparent',
  traceState: 'tracestate',
  /** When the producer took the event, milliseconds since 1970. */
  enqueuedAt: 'tenet-enqueued-at',
  /** When the event was first seen, milliseconds since 1970; kept through dead letters and replays. */
  firstSeenAt: 'tenet-first-seen-at',
  /** One producer while it lives, and its count of events: a gap shows what a kill took. */
  producerInstance: 'tenet-producer-instance',
  producerSequence: 'tenet-producer-sequence',
} as const;

/** Prefixes that belong to the envelope; a caller's own headers may not use them. */
export const reservedPrefixes = ['ce_', 'tenet-'] as const;

const decoder = new TextDecoder();

/** The last value of that name, as most drivers would answer. */
export function headerBytes(headers: HeaderList, name: string): Uint8Array | undefined {
  for (let i = headers.length - 1; i >= 0; i--) {
    const header = headers[i];
    if (header !== undefined && header[0] === name) return header[1];
  }
  return undefined;
}

export function headerText(headers: HeaderList, name: string): string | undefined {
  const bytes = headerBytes(headers, name);
  return bytes === undefined ? undefined : decoder.decode(bytes);
}

export function textHeader(name: string, text: string): readonly [string, Uint8Array] {
  return [name, Buffer.from(text)];
}

/** At least 1; a header that is no such number is not believed. */
export function sampledRateOf(headers: HeaderList): number {
  const text = headerText(headers, headerNames.sampledRate);
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 1;
}
