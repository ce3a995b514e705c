/** What a record is to the inbox: its idempotency key, its payload's hash, and its mark when it dies. */
import type { ConsumerContract } from '../contract.ts';
import { payloadHash } from '../envelope/canonical-json.ts';
import { compileIdempotencyKey, type MissingKey } from '../envelope/key.ts';
import { TenetError } from '../errors.ts';
import { type Inbox, InboxError, type InboxRecord } from '../inbox/inbox.ts';
import { compileDecode } from './decode.ts';
import type { Entry } from './entry.ts';
import { Poison } from './poison.ts';

export interface InboxClaims<Event> {
  /** Poison for an event in which a part of the key is missing. */
  record(entry: Entry, event: Event | null, payload: unknown): InboxRecord | Poison;
  /** Never rejects: `entry.error` says why. */
  markDead(entry: Entry): Promise<Mark>;
  /** Of a record whose payload is not to be looked at. */
  markPlaceDead(entry: Entry): Promise<Mark>;
}

type Mark = 'dead' | 'duplicate' | 'fenced' | 'unavailable';

const nothing = new Uint8Array();

export function compileInboxClaims<Event, Tx>(consumer: ConsumerContract<Event>, inbox: Inbox<Tx>): InboxClaims<Event> {
  const decode = compileDecode(consumer.event);
  const eventKeyOf = compileIdempotencyKey(consumer.idempotency?.key ?? []);
  const keyOf = (entry: Entry, event: Event | null): string | MissingKey => {
    // A tombstone has no fields, so a repeated delivery of it is known by its place only.
    if (event === null) return placeOf('tombstone', entry);
    const key = eventKeyOf(event);
    // Two events of a stream may have keys of one form, and are not each other's duplicates.
    return typeof key === 'string' ? `${consumer.event.name} ${key}` : key;
  };
  const windowMs = consumer.idempotency?.windowMs ?? 0;
  const fields = (entry: Entry, key: string, payload: unknown): InboxRecord => ({
    group: consumer.group,
    topic: entry.record.topic,
    partition: entry.record.partition,
    offset: entry.offset,
    epoch: entry.share.epoch,
    key,
    payloadHash: payloadHash(payload, entry.record.value ?? nothing),
    windowMs,
    timeoutMs: consumer.timeoutMs,
    parked: entry.row,
  });
  const mark = async (entry: Entry, key: string, payload: unknown): Promise<Mark> => {
    try {
      const marked = await inbox.markDead(fields(entry, key, payload));
      return marked.outcome === 'duplicate' ? 'duplicate' : 'dead';
    } catch (error) {
      entry.error = error;
      return error instanceof InboxError && error.reason === 'fenced' ? 'fenced' : 'unavailable';
    }
  };
  return {
    record(entry, event, payload) {
      const key = keyOf(entry, event);
      if (typeof key === 'string') return fields(entry, key, payload);
      const text = `${consumer.event.name}: ${key.missing} is missing, so ${consumer.name} could not recognise a duplicate`;
      const error = new TenetError('missing-key', text, { contract: consumer.event.name, poison: true });
      return new Poison('MISSING_KEY', error);
    },
    markDead(entry) {
      const decoded = decode(entry.record);
      const key = decoded.ok ? keyOf(entry, decoded.event) : undefined;
      // A record that has no key of its own is remembered by its place.
      const own = typeof key === 'string' ? key : placeOf('dead', entry);
      return mark(entry, own, decoded.payload ?? null);
    },
    markPlaceDead: (entry) => mark(entry, placeOf('dead', entry), null),
  };
}

function placeOf(what: 'dead' | 'tombstone', { record }: Entry): string {
  return `tenet:${what}:${record.topic}/${record.partition}/${record.offset}`;
}
