/**
 * `delivery: at-most-once`: a record is claimed, which moves the frontier over it; the claim is committed and
 * acknowledged; only then its handler starts, once. A crash loses what was claimed and had not ended, at most
 * `maxInFlight`, and nothing runs twice.
 *
 * A commit that is not answered may still arrive, and take the group back to where it was: from then on nothing is
 * started under this assignment. Whoever has the partitions under the next one is safe from it, because the group
 * refuses a commit of an earlier generation.
 */
import type { BrokerRecord } from '../broker/broker.ts';
import type { ConsumerContract } from '../contract.ts';
import type { Counter } from '../telemetry/telemetry.ts';
import type { Attempts } from './attempts.ts';
import { Claims } from './claims.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Entry, Share } from './entry.ts';

/** The rate of a group is claimed so far ahead at most: a drain has to handle what is claimed. */
const aheadSeconds = 5;

/** The contract with what such a delivery makes no use of left out: there is one attempt, and no dead letter. */
export function withoutRepeats(consumer: ConsumerContract): ConsumerContract {
  if (consumer.delivery !== 'at-most-once') return consumer;
  const { retry: _retry, deadLetter: _deadLetter, ...rest } = consumer;
  return rest;
}

/** What would be retried or buried is lost. */
export function onlyOnce(attempts: Attempts): Attempts {
  return {
    ...attempts,
    async run(entry) {
      const verdict = await attempts.run(entry);
      return verdict === 'failed' || verdict === 'poison' ? 'lost' : verdict;
    },
  };
}

export interface CommitFirstOptions {
  readonly contract: ConsumerContract;
  /** Of the topic, all members' together. */
  readonly partitions: number;
  readonly dispatcher: Pick<Dispatcher, 'count' | 'enter' | 'pump'>;
  keyOf(record: BrokerRecord): string | undefined;
  /** Frontiers have moved: they are committed at once. */
  commit(): void;
  /** Records that were committed and are not known to be handled. */
  readonly lost: Counter;
}

/** What a consumer has claimed, partition by partition. */
export class CommitFirst {
  readonly #options: CommitFirstOptions;
  readonly #claims = new Map<Share, Claims>();
  #most = 1;

  constructor(options: CommitFirstOptions) {
    this.#options = options;
  }

  /** A new assignment, of so many partitions. */
  divide(owned: number): void {
    const { rateLimitPerSecond = Infinity, catchUp, backpressure } = this.#options.contract;
    const rate = Math.min(rateLimitPerSecond, catchUp?.ratePerSecond ?? Infinity);
    const ahead = (rate * aheadSeconds) / this.#options.partitions;
    this.#most = Math.max(1, Math.floor(Math.min(backpressure.maxInFlight / Math.max(1, owned), ahead)));
  }

  /** A record that was fetched. */
  add(entry: Entry): void {
    const { dispatcher } = this.#options;
    const { share } = entry;
    dispatcher.count(entry);
    const claims = this.#claims.get(share) ?? this.#of(share);
    this.#claims.set(share, claims);
    claims.add(entry);
  }

  /** A commit was acknowledged. */
  acknowledged(): void {
    for (const claims of this.#claims.values()) claims.acknowledged();
    this.#options.dispatcher.pump();
  }

  /** A commit was not answered: nothing that it claimed starts, and nothing more is claimed. */
  doubt(): void {
    for (const claims of this.#claims.values()) claims.doubt();
  }

  /** One that entered was handled, or lost. */
  ended(entry: Entry): void {
    this.#claims.get(entry.share)?.ended();
  }

  /** The drain: nothing more is claimed. Resolves when everything that is claimed has ended. */
  async drain(): Promise<void> {
    const all = [...this.#claims.values()];
    for (const claims of all) claims.close();
    await Promise.all(all.map((claims) => claims.quiet()));
  }

  idle(share: Share): boolean {
    return this.#claims.get(share)?.idle ?? true;
  }

  /** The assignment is over. */
  letGo(): void {
    let lost = 0;
    for (const claims of this.#claims.values()) lost += claims.letGo();
    this.#claims.clear();
    if (lost > 0) this.#options.lost.add(lost);
  }

  #of(share: Share): Claims {
    const { dispatcher, keyOf, commit } = this.#options;
    const enter = (entry: Entry) => dispatcher.enter(entry, keyOf(entry.record));
    return new Claims({ share, most: this.#most, enter, commit });
  }
}
