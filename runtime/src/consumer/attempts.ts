/**
 * One attempt at one record: decode, accept, and the effect as the contract's delivery wants it. Composed once per
 * consumer; an attempt itself allocates its event and its context.
 */

import type { ConsumerContract, Delivery } from '../contract.ts';
import type { Disposition } from '../dead-letter/disposition.ts';
import { payloadHash } from '../envelope/canonical-json.ts';
import { compileIdempotencyKey } from '../envelope/key.ts';
import { TenetError, type TenetErrorCode } from '../errors.ts';
import { type Inbox, InboxError, type InboxRecord } from '../inbox/inbox.ts';
import { AttemptContext, type Handler } from './context.ts';
import { compileDecode } from './decode.ts';
import type { Entry } from './entry.ts';

export type Verdict =
  | 'handled'
  | 'duplicate'
  /** A duplicate by its key, with another payload than the first one. */
  | 'mismatch'
  /** The handler threw `entry.error`. */
  | 'failed'
  /** `Attempts.poisoned` says why. */
  | 'poison'
  /** With at-most-once: either of them. */
  | 'lost'
  /** The store holds this very record as dead: its evidence may be missing. */
  | 'was-dead'
  /** The partition is not ours any more. */
  | 'fenced'
  /** The store is away; nothing was committed and no attempt is used up. */
  | 'unavailable';

/** How an attempt ended, or the writing of a dead letter. */
export type Outcome = Verdict | 'buried' | 'not-buried';

export interface Attempts {
  /** Never rejects. The promise settles only when the handler has ended, whatever its deadline says. */
  run(entry: Entry): Promise<Verdict>;
  /** With a store: remembers under the fence that the record dies. Resolves at once without one. */
  markDead(entry: Entry): Promise<'dead' | 'duplicate' | 'fenced' | 'unavailable'>;
  /** The dead letter was acknowledged by the broker: the store is told what it needs to know of that. */
  evidenced(entry: Entry): Promise<'buried' | 'fenced' | 'unavailable'>;
  /** The parsed payload, for redaction; `undefined` when it cannot be parsed. */
  payload(entry: Entry): unknown;
}

/** Kept in `entry.error` of a poison record. */
export class Poison extends Error {
  readonly disposition: Disposition;
  readonly code: TenetErrorCode;
  constructor(disposition: Disposition, cause: TenetError) {
    super(cause.message, { cause });
    this.disposition = disposition;
    this.code = cause.code;
  }
}

const nothing = new Uint8Array();

type Effect<Event> = (entry: Entry, event: Event, payload: unknown, context: AttemptContext) => Promise<Verdict>;

export function compileAttempts<Event, Tx>(
  consumer: ConsumerContract<Event>,
  handler: Handler<Event, Delivery, Tx>,
  inbox: Inbox<Tx> | undefined,
): Attempts {
  const decode = compileDecode(consumer.event);
  const { policy, keepOneIn: kept = 1 } = consumer.backpressure;
  const keepOneIn = policy === 'sample' ? kept : 1;
  // What the contract's delivery adds to the context is set on it by the effect below.
  const handle = handler as (event: Event, context: AttemptContext) => unknown;
  const inboxed = inbox === undefined ? undefined : compileInbox(consumer, handle, inbox);
  const effect: Effect<Event> =
    inboxed?.effect ?? ((entry, event, _payload, context) => plain(handle, entry, event, context));
  return {
    async run(entry) {
      const decoded = decode(entry.record);
      if (!decoded.ok) {
        entry.error = new Poison(decoded.disposition, decoded.error);
        return 'poison';
      }
      const context = new AttemptContext(entry.record, entry.attempts, keepOneIn);
      entry.context = context;
      return effect(entry, decoded.event, decoded.payload, context);
    },
    markDead: inboxed?.markDead ?? (async () => 'dead'),
    evidenced: async () => 'buried',
    payload(entry) {
      return decode(entry.record).payload;
    },
  };
}

async function plain<Event>(
  handle: (event: Event, context: AttemptContext) => unknown,
  entry: Entry,
  event: Event,
  context: AttemptContext,
): Promise<Verdict> {
  try {
    await handle(event, context);
    return 'handled';
  } catch (error) {
    entry.error = error;
    return 'failed';
  }
}

function compileInbox<Event, Tx>(
  consumer: ConsumerContract<Event>,
  handle: (event: Event, context: AttemptContext) => unknown,
  inbox: Inbox<Tx>,
) {
  const decode = compileDecode(consumer.event);
  const keyOf = compileIdempotencyKey(consumer.idempotency?.key ?? []);
  const windowMs = consumer.idempotency?.windowMs ?? 0;
  const fields = (entry: Entry, key: string, payload: unknown): InboxRecord => ({
    group: consumer.group,
    topic: entry.record.topic,
    partition: entry.record.partition,
    offset: entry.record.offset,
    epoch: entry.share.epoch,
    key,
    payloadHash: payloadHash(payload, entry.record.value ?? nothing),
    windowMs,
    timeoutMs: consumer.timeoutMs,
    parked: entry.row,
  });
  const effect: Effect<Event> = async (entry, event, payload, context) => {
    const key = keyOf(event);
    if (typeof key !== 'string') {
      const text = `${consumer.event.name}: ${key.missing} is missing, so ${consumer.name} could not recognise a duplicate`;
      const error = new TenetError('missing-key', text, { contract: consumer.event.name, poison: true });
      entry.error = new Poison('MISSING_KEY', error);
      return 'poison';
    }
    // The store may give up before the handler does; the lane is held until the handler has really ended.
    let running: Promise<unknown> | undefined;
    let thrown: { readonly error: unknown } | undefined;
    try {
      const outcome = await inbox.handle(fields(entry, key, payload), async (tx) => {
        // The claim may have waited for another transaction for longer than the epoch lasted.
        if (!entry.share.live) throw new InboxError('fenced', 'the partition was taken away before the handler began');
        context.tx = tx;
        try {
          running = Promise.resolve(handle(event, context));
          await running;
        } catch (error) {
          thrown = { error };
          throw error;
        }
      });
      if (outcome.outcome === 'handled') return 'handled';
      if (outcome.outcome === 'dead') return 'was-dead';
      return outcome.mismatch ? 'mismatch' : 'duplicate';
    } catch (error) {
      await running?.catch(() => undefined);
      entry.error = error;
      if (!(error instanceof InboxError) || error === thrown?.error) return 'failed';
      if (error.reason === 'fenced') return 'fenced';
      // Time that ran out before the handler began was the store's.
      return error.reason === 'timeout' && running !== undefined ? 'failed' : 'unavailable';
    }
  };
  const markDead = async (entry: Entry) => {
    const decoded = decode(entry.record);
    const key = decoded.ok ? keyOf(decoded.event) : undefined;
    // A record that has no key of its own is remembered by its place.
    const place = `tenet:dead:${entry.record.topic}/${entry.record.partition}/${entry.record.offset}`;
    try {
      const marked = await inbox.markDead(
        fields(entry, typeof key === 'string' ? key : place, decoded.payload ?? null),
      );
      return marked.outcome === 'duplicate' ? ('duplicate' as const) : ('dead' as const);
    } catch (error) {
      entry.error = error;
      return error instanceof InboxError && error.reason === 'fenced' ? ('fenced' as const) : ('unavailable' as const);
    }
  };
  return { effect, markDead };
}
