/**
 * One attempt at a batch. The handler is called once, with the events that can be handled now; what its end says is then
 * told for each record, so that of one key nothing counts as handled behind a record that does not (I3).
 */
import type { ConsumerContract, Delivery } from '../contract.ts';
import { type Inbox, InboxError, type InboxOutcome, type InboxRecord } from '../inbox/inbox.ts';
import { type Attempts, type BatchVerdict, type Verdict, verdictOf } from './attempts.ts';
import { BatchError } from './batch-error.ts';
import { AttemptContext, type BatchHandler, BatchRun, keptOf } from './context.ts';
import { compileDecode, type Decode } from './decode.ts';
import type { Entry } from './entry.ts';
import { compileInboxClaims, type InboxClaims } from './inbox-claims.ts';
import type { Lane } from './lanes.ts';
import { Poison } from './poison.ts';
import { compileSequenceOf, type SequenceOf } from './sequence-of.ts';

/** A record that the handler may be given. */
interface Candidate<Event> {
  /** In the batch. */
  readonly index: number;
  readonly entry: Entry;
  readonly event: Event | null;
  /** With a store. */
  readonly record: InboxRecord | undefined;
}

/** How the handler ended, when it did not succeed. `named`: by index in what it was given. */
interface Failure {
  readonly error: unknown;
  readonly named: ReadonlyMap<number, unknown> | undefined;
}

type Handle<Event> = (events: readonly (Event | null)[], run: BatchRun) => unknown;

export function compileBatchAttempts<Event, Tx>(
  consumer: ConsumerContract<Event>,
  handler: BatchHandler<Event, Delivery, Tx>,
  inbox: Inbox<Tx> | undefined,
): Attempts {
  const decode = compileDecode(consumer.event);
  const sequenceOf = compileSequenceOf(consumer.event);
  const handle = handler as Handle<Event>;
  const keepOneIn = keptOf(consumer);
  const claims = inbox === undefined ? undefined : compileInboxClaims(consumer, inbox);
  const runBatch = async (entries: readonly Entry[]): Promise<BatchVerdict> => {
    const verdicts = entries.map((): Verdict => 'held');
    const candidates = select(entries, verdicts, decode, sequenceOf, claims);
    if (candidates.length > 0) {
      const whole =
        inbox === undefined
          ? await plain(handle, entries, candidates, verdicts, keepOneIn)
          : await inboxed(handle, inbox, entries, candidates, verdicts, keepOneIn);
      if (whole !== undefined) return whole;
    }
    holdBack(entries, verdicts);
    return verdicts;
  };
  return {
    runBatch,
    async run(entry) {
      const verdicts = await runBatch([entry]);
      return typeof verdicts === 'string' ? verdicts : (verdicts[0] ?? 'held');
    },
    markDead: claims?.markDead ?? (async () => 'dead'),
    evidenced: async () => 'buried',
    payload(entry) {
      return decode(entry.record).payload;
    },
  };
}

/** Leaves out what is poison, what comes behind it in its key, and the second one of two that have one idempotency key. */
function select<Event>(
  entries: readonly Entry[],
  verdicts: Verdict[],
  decode: Decode<Event>,
  sequenceOf: SequenceOf,
  claims: InboxClaims<Event> | undefined,
): readonly Candidate<Event>[] {
  const candidates: Candidate<Event>[] = [];
  const stuck = new Set<Lane<Entry>>();
  const keys = new Set<string>();
  const leaveOut = (entry: Entry, index: number, verdict: Verdict) => {
    verdicts[index] = verdict;
    if (entry.lane !== undefined) stuck.add(entry.lane);
  };
  entries.forEach((entry, index) => {
    if (entry.lane !== undefined && stuck.has(entry.lane)) return;
    const decoded = decode(entry.record);
    entry.sequence = sequenceOf(entry.record, decoded.payload);
    const claim = decoded.ok ? claims?.record(entry, decoded.event, decoded.payload) : undefined;
    if (!decoded.ok || claim instanceof Poison) {
      entry.error = decoded.ok ? claim : new Poison(decoded.disposition, decoded.error);
      leaveOut(entry, index, 'poison');
    } else if (claim !== undefined && keys.has(claim.key)) {
      leaveOut(entry, index, 'held');
    } else {
      if (claim !== undefined) keys.add(claim.key);
      candidates.push({ index, entry, event: decoded.event, record: claim });
    }
  });
  return candidates;
}

async function plain<Event>(
  handle: Handle<Event>,
  entries: readonly Entry[],
  candidates: readonly Candidate<Event>[],
  verdicts: Verdict[],
  keepOneIn: number,
): Promise<undefined> {
  const failure = await call(handle, candidates, runOf(entries, candidates, keepOneIn));
  judge(candidates, failure, 'handled', verdicts);
}

async function inboxed<Event, Tx>(
  handle: Handle<Event>,
  inbox: Inbox<Tx>,
  entries: readonly Entry[],
  candidates: readonly Candidate<Event>[],
  verdicts: Verdict[],
  keepOneIn: number,
): Promise<'fenced' | 'unavailable' | undefined> {
  const records = candidates.flatMap(({ record }) => record ?? []);
  let given: readonly Candidate<Event>[] = [];
  // The store may give up before the handler does; the lanes are held until the handler has really ended.
  let running: Promise<Failure | undefined> | undefined;
  let failure: Failure | undefined;
  let dead: readonly InboxOutcome[] | undefined;
  try {
    const outcomes = await inbox.handleBatch(records, async (tx, known) => {
      // The claims may have waited for another transaction for longer than the epoch lasted.
      if (entries[0]?.share.live !== true) {
        throw new InboxError('fenced', 'the partition was taken away before the handler began');
      }
      if (known.some(({ outcome }) => outcome === 'dead')) {
        // Its successors would be handled before it is settled: the rest is a batch of its own.
        dead = known;
        throw new Error('a record of the batch is marked dead');
      }
      given = candidates.filter((_, i) => known[i]?.outcome === 'handled');
      const run = runOf(entries, given, keepOneIn);
      run.tx = tx;
      running = call(handle, given, run);
      failure = await running;
      if (failure !== undefined) throw failure.error;
    });
    candidates.forEach(({ entry, index }, i) => {
      const outcome = outcomes[i];
      if (outcome !== undefined) verdicts[index] = verdictOf(entry, outcome);
    });
    return undefined;
  } catch (error) {
    await running;
    if (dead !== undefined) {
      for (const [i, { entry, index }] of candidates.entries()) {
        if (dead[i]?.outcome !== 'dead') continue;
        // Behind another one of its key it has to wait for its turn, and must not stop the next batch as well.
        entry.alone = true;
        verdicts[index] = 'was-dead';
      }
      return undefined;
    }
    if (failure !== undefined && (error === failure.error || !(error instanceof InboxError))) {
      judge(given, failure, 'held', verdicts);
      return undefined;
    }
    if (error instanceof InboxError && error.reason === 'fenced') return keep(entries, error, 'fenced');
    // Time that ran out before the handler began was the store's.
    if (!(error instanceof InboxError) || (error.reason === 'timeout' && running !== undefined)) {
      judge(given, { error, named: undefined }, 'held', verdicts);
      return undefined;
    }
    return keep(entries, error, 'unavailable');
  }
}

function keep<Whole extends 'fenced' | 'unavailable'>(entries: readonly Entry[], error: unknown, whole: Whole): Whole {
  const [first] = entries;
  if (first !== undefined) first.error = error;
  return whole;
}

function runOf<Event>(entries: readonly Entry[], given: readonly Candidate<Event>[], keepOneIn: number): BatchRun {
  const run = new BatchRun(
    given.map(({ entry }) => new AttemptContext(entry.record, entry.attempts, keepOneIn)),
    entries[0]?.share.partition ?? -1,
  );
  const [first] = entries;
  if (first !== undefined) first.context = run;
  return run;
}

/** Never rejects. */
async function call<Event>(
  handle: Handle<Event>,
  given: readonly Candidate<Event>[],
  run: BatchRun,
): Promise<Failure | undefined> {
  try {
    await handle(
      given.map(({ event }) => event),
      run,
    );
    return undefined;
  } catch (error) {
    return { error, named: namedBy(error, given.length) };
  }
}

/** An error that names none, or others than those that the handler was given, names nothing. */
function namedBy(error: unknown, size: number): ReadonlyMap<number, unknown> | undefined {
  if (!(error instanceof BatchError) || error.failures.size === 0) return undefined;
  for (const index of error.failures.keys()) {
    if (!Number.isInteger(index) || index < 0 || index >= size) return undefined;
  }
  return error.failures;
}

/** `others`: what those are that a failure does not name. */
function judge<Event>(
  given: readonly Candidate<Event>[],
  failure: Failure | undefined,
  others: 'handled' | 'held',
  verdicts: Verdict[],
): void {
  // Alone, a record is all that an error can be about.
  const named = failure?.named ?? (given.length === 1 ? new Map([[0, failure?.error]]) : undefined);
  given.forEach(({ entry, index }, i) => {
    if (failure === undefined) verdicts[index] = 'handled';
    else if (named === undefined) verdicts[index] = fail(entry, failure.error, 'undivided');
    else if (named.has(i)) verdicts[index] = fail(entry, named.get(i), 'failed');
    else verdicts[index] = others;
  });
}

function fail(entry: Entry, error: unknown, verdict: 'failed' | 'undivided'): Verdict {
  entry.error = error;
  entry.alone = true;
  return verdict;
}

/** Of one key, whatever comes behind a record that is not passed comes again behind it. */
export function holdBack(entries: readonly Entry[], verdicts: Verdict[]): void {
  const stuck = new Set<Lane<Entry>>();
  entries.forEach(({ lane }, i) => {
    if (lane === undefined) return;
    const verdict = verdicts[i];
    if (stuck.has(lane)) verdicts[i] = 'held';
    else if (verdict !== 'handled' && verdict !== 'duplicate' && verdict !== 'mismatch') stuck.add(lane);
  });
}
