/**
 * The account of a consumer (I6), counted by somebody who was not there: from what stands in the topics and in the
 * service's own tables, and from nothing that the runtime says of itself. Imports nothing of ours on purpose.
 */

/** A record as it stands in a topic. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: ReadonlyMap<string, string>;
}

/** A row that a handler wrote: which record it came from, what it is about, and when it was written. */
export interface Effect {
  readonly partition: number;
  readonly offset: number;
  /** What the idempotency key says: two records with one identity are one event. */
  readonly identity: string;
  /** What must stay in order. */
  readonly key: string;
  /** Grows with every row of the table. */
  readonly sequence: number;
}

export interface Evidence {
  readonly emitted: readonly TopicRecord[];
  readonly deadLetters: readonly TopicRecord[];
  readonly effects: readonly Effect[];
  /** Identity of a record that can be read; `undefined` for poison. */
  identify(record: TopicRecord): string | undefined;
  /** The consumer recognises duplicates: one identity has one effect. */
  readonly deduplicates: boolean;
}

export interface Account {
  readonly emitted: number;
  readonly handled: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  /** Records that left no trace. */
  readonly lost: number;
  /** Identities (or, without deduplication, records) with more than one effect. */
  readonly appliedTwice: number;
  /** Effects of one key that were first written in another order than their records stand in the topic. */
  readonly outOfOrder: number;
  /** Dead letters that say something else than the record they came from, or that lack owner, deadline or reason. */
  readonly unfaithful: number;
  /** Effects or dead letters of records that were never emitted, and records that have both. */
  readonly inexplicable: number;
  readonly letters: readonly DeadLetterSummary[];
}

export interface DeadLetterSummary {
  readonly partition: number;
  readonly offset: number;
  readonly owner: string;
  readonly investigateBy: string;
  readonly disposition: string;
  readonly message: string;
}

const place = (r: { readonly partition: number; readonly offset: number }) => `${r.partition}:${r.offset}`;
const sameBytes = (a: Buffer | null, b: Buffer | null) => (a === null || b === null ? a === b : a.equals(b));

export function countAccount(evidence: Evidence): Account {
  const { effects, deduplicates } = evidence;
  const emitted = new Map(evidence.emitted.map((r) => [place(r), r]));
  const dead = new Map(evidence.deadLetters.map((r) => [originOf(r), r]));
  const effectsAt = countBy(effects, place);
  const effectsOf = countBy(effects, (e) => e.identity);

  const count = { handled: 0, duplicate: 0, deadLettered: 0, lost: 0 };
  let inexplicable = 0;
  for (const [at, record] of emitted) {
    const identity = evidence.identify(record);
    const handled = effectsAt.has(at);
    if (handled && dead.has(at)) inexplicable++;
    if (handled) count.handled++;
    else if (dead.has(at)) count.deadLettered++;
    else if (deduplicates && identity !== undefined && effectsOf.has(identity)) count.duplicate++;
    else count.lost++;
  }
  for (const at of new Set([...effectsAt.keys(), ...dead.keys()])) if (!emitted.has(at)) inexplicable++;

  const repeated = [...(deduplicates ? effectsOf : effectsAt).values()].filter((n) => n > 1).length;
  const letters = [...dead].map(([at, letter]) => ({ at, letter, original: emitted.get(at) }));
  return {
    emitted: emitted.size,
    ...count,
    appliedTwice: repeated,
    outOfOrder: inversions(effects),
    unfaithful: letters.filter(({ letter, original }) => !original || !isFaithful(letter, original)).length,
    inexplicable,
    letters: letters
      .map(({ letter }) => summarise(letter))
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset),
  };
}

/** What must be zero for the promise to be kept; empty when it is. */
export function broken(account: Account, deduplicates: boolean): readonly string[] {
  const wrong: string[] = [];
  const none = (n: number, what: string) => {
    if (n !== 0) wrong.push(`${what} ${n}`);
  };
  none(account.lost, 'lost');
  if (deduplicates) none(account.appliedTwice, 'effects applied twice');
  none(account.outOfOrder, 'out of order');
  none(account.unfaithful, 'unfaithful dead letters');
  none(account.inexplicable, 'inexplicable');
  const sum = account.handled + account.duplicate + account.deadLettered;
  if (account.emitted !== sum) wrong.push(`emitted ${account.emitted} ≠ ${sum} accounted for`);
  return wrong;
}

function originOf(letter: TopicRecord): string {
  return `${letter.headers.get('tenet-dlq-original-partition')}:${letter.headers.get('tenet-dlq-original-offset')}`;
}

function isFaithful(letter: TopicRecord, original: TopicRecord): boolean {
  const { owner, investigateBy, disposition, message } = summarise(letter);
  return (
    sameBytes(letter.key, original.key) &&
    sameBytes(letter.value, original.value) &&
    [...original.headers].every(([name, value]) => letter.headers.get(name) === value) &&
    [owner, disposition, message].every((text) => text !== '') &&
    !Number.isNaN(Date.parse(investigateBy))
  );
}

function summarise(letter: TopicRecord): DeadLetterSummary {
  const header = (name: string) => letter.headers.get(`tenet-dlq-${name}`) ?? '';
  return {
    partition: Number(header('original-partition')),
    offset: Number(header('original-offset')),
    owner: header('owner'),
    investigateBy: header('investigate-by'),
    disposition: header('disposition'),
    message: header('error-message'),
  };
}

/** Only first effects count: at-least-once may repeat a record later, and that is no inversion. */
function inversions(effects: readonly Effect[]): number {
  const latest = new Map<string, number>();
  const seen = new Set<string>();
  let found = 0;
  for (const effect of [...effects].sort((a, b) => a.sequence - b.sequence)) {
    if (seen.has(place(effect))) continue;
    seen.add(place(effect));
    const before = latest.get(effect.key);
    if (before !== undefined && effect.offset < before) found++;
    latest.set(effect.key, Math.max(before ?? -1, effect.offset));
  }
  return found;
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
