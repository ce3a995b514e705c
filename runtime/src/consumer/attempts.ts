/**
 * One attempt at one record: decode, accept, and the effect as the contract's delivery wants it. Composed once per
 * consumer; an attempt itself allocates its event and its context.
 */
import type { ConsumerContract, Delivery } from '../contract.ts';
import { type Inbox, InboxError, type InboxOutcome } from '../inbox/inbox.ts';
import { AttemptContext, type EventHandler, keptOf } from './context.ts';
import { compileDecode } from './decode.ts';
import type { Entry } from './entry.ts';
import { compileInboxClaims, type InboxClaims } from './inbox-claims.ts';
import { Poison } from './poison.ts';
import { compileSequenceOf } from './sequence-of.ts';

export type Verdict =
  | 'handled'
  | 'duplicate'
  /** A duplicate by its key, with another payload than the first one. */
  | 'mismatch'
  /** The handler threw `entry.error`. */
  | 'failed'
  /** `entry.error` says why no handler can ever take it. */
  | 'poison'
  /** With at-most-once: either of them. */
  | 'lost'
  /** The store holds this very record as dead: its evidence may be missing. */
  | 'was-dead'
  /** The partition is not ours any more. */
  | 'fenced'
  /** The store is away; nothing was committed and no attempt is used up. */
  | 'unavailable'
  /** Its batch failed with `entry.error`, which may be about any of its records. */
  | 'undivided'
  /** What became of its batch says nothing about it; no attempt is used up. */
  | 'held';

/** Of every record of a batch, or of the batch as a whole. */
export type BatchVerdict = readonly Verdict[] | 'fenced' | 'unavailable';

/** How an attempt ended, or the writing of a dead letter. */
export type Outcome = Verdict | 'buried' | 'not-buried';

export interface Attempts {
  /** Never rejects. The promise settles only when the handler has ended, whatever its deadline says. */
  run(entry: Entry): Promise<Verdict>;
  /** With `batch`: one call of the handler for records of one partition, in offset order. Otherwise like `run`. */
  runBatch?(entries: readonly Entry[]): Promise<BatchVerdict>;
  /** With a store: remembers under the fence that the record dies. Resolves at once without one. */
  markDead(entry: Entry): Promise<'dead' | 'duplicate' | 'fenced' | 'unavailable'>;
  /** The dead letter was acknowledged by the broker: the store is told what it needs to know of that. */
  evidenced(entry: Entry): Promise<'buried' | 'fenced' | 'unavailable'>;
  /** The parsed payload, for redaction; `undefined` when it cannot be parsed. */
  payload(entry: Entry): unknown;
}

/** The handler of an event, with whatever the contract's delivery adds to its context. */
export type Handle<Event> = (event: Event | null, context: AttemptContext) => unknown;

type Effect<Event> = (entry: Entry, event: Event | null, payload: unknown, context: AttemptContext) => Promise<Verdict>;

export function compileAttempts<Event, Tx>(
  consumer: ConsumerContract<Event>,
  handler: EventHandler<Event, Delivery, Tx>,
  inbox: Inbox<Tx> | undefined,
): Attempts {
  const decode = compileDecode(consumer.event);
  const sequenceOf = compileSequenceOf(consumer.event);
  const keepOneIn = keptOf(consumer);
  const handle = handler as Handle<Event>;
  const claims = inbox === undefined ? undefined : compileInboxClaims(consumer, inbox);
  const effect: Effect<Event> =
    inbox === undefined || claims === undefined
      ? (entry, event, _payload, context) => plain(handle, entry, event, context)
      : (entry, event, payload, context) => inboxed(handle, inbox, claims, entry, event, payload, context);
  return {
    async run(entry) {
      const decoded = decode(entry.record);
      entry.sequence = sequenceOf(entry.record, decoded.payload);
      if (!decoded.ok) {
        entry.error = new Poison(decoded.disposition, decoded.error);
        return 'poison';
      }
      const context = new AttemptContext(entry.record, entry.attempts, keepOneIn);
      entry.context = context;
      return effect(entry, decoded.event, decoded.payload, context);
    },
    markDead: claims?.markDead ?? (async () => 'dead'),
    evidenced: async () => 'buried',
    payload(entry) {
      return decode(entry.record).payload;
    },
  };
}

async function plain<Event>(
  handle: Handle<Event>,
  entry: Entry,
  event: Event | null,
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

async function inboxed<Event, Tx>(
  handle: Handle<Event>,
  inbox: Inbox<Tx>,
  claims: InboxClaims<Event>,
  entry: Entry,
  event: Event | null,
  payload: unknown,
  context: AttemptContext,
): Promise<Verdict> {
  const record = claims.record(entry, event, payload);
  if (record instanceof Poison) {
    entry.error = record;
    return 'poison';
  }
  // The store may give up before the handler does; the lane is held until the handler has really ended.
  let running: Promise<unknown> | undefined;
  let thrown: { readonly error: unknown } | undefined;
  try {
    const outcome = await inbox.handle(record, async (tx) => {
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
    return verdictOf(entry, outcome);
  } catch (error) {
    await running?.catch(() => undefined);
    entry.error = error;
    if (!(error instanceof InboxError) || error === thrown?.error) return 'failed';
    if (error.reason === 'fenced') return 'fenced';
    // Time that ran out before the handler began was the store's.
    return error.reason === 'timeout' && running !== undefined ? 'failed' : 'unavailable';
  }
}

/** What the inbox answered about the record. A duplicate has no place of its own in the order of its key. */
export function verdictOf(entry: Entry, outcome: InboxOutcome): Verdict {
  if (outcome.outcome === 'handled') return 'handled';
  if (outcome.outcome === 'dead') return 'was-dead';
  entry.sequence = undefined;
  return outcome.mismatch ? 'mismatch' : 'duplicate';
}
