/**
 * A consumer group of the in-memory broker: eager rebalances in which every member drains first, generations, committed
 * offsets with metadata. A commit counts only under the generation and membership it was made in.
 */
import { type Clock, within } from '../clock.ts';
import {
  type BrokerConsumerOptions,
  BrokerError,
  type CommittedOffset,
  type ConsumerListener,
  type OffsetCommit,
  type PartitionRef,
} from './broker.ts';

export interface GroupMember {
  readonly id: string;
  readonly options: BrokerConsumerOptions;
  readonly listener: ConsumerListener;
  /** Of the last assignment; 0 before the first. */
  generation: number;
  partitions: readonly PartitionRef[];
  /** Thrown out or cut off: it is told nothing any more, or only that it is lost. */
  gone: boolean;
}

export class MemoryGroup {
  readonly #clock: Clock;
  readonly #partitionsOf: (topic: string) => number;
  readonly #changed: () => void;
  #members: GroupMember[] = [];
  #generation = 0;
  #committed = new Map<string, CommittedOffset>();
  #rebalancing: Promise<void> | undefined;
  #again = false;

  /** `changed`: called after every assignment. */
  constructor(clock: Clock, partitionsOf: (topic: string) => number, changed: () => void) {
    this.#clock = clock;
    this.#partitionsOf = partitionsOf;
    this.#changed = changed;
  }

  get members(): readonly GroupMember[] {
    return this.#members;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Resolves when the member has its first assignment. */
  async join(member: GroupMember): Promise<void> {
    this.#members.push(member);
    await this.rebalance();
  }

  /** Leaves or is thrown out; the others share what it had. */
  async remove(member: GroupMember): Promise<void> {
    member.gone = true;
    member.partitions = [];
    const left = this.#members.filter((one) => one !== member);
    if (left.length === this.#members.length) return;
    this.#members = left;
    await this.rebalance();
  }

  /** Throws unless what was assigned to the member last still stands. */
  confirm(member: GroupMember): void {
    if (member.gone || member.generation !== this.#generation) {
      throw new BrokerError('fenced', `generation ${member.generation} is over, the group is at ${this.#generation}`);
    }
  }

  commit(member: GroupMember, offsets: readonly OffsetCommit[]): void {
    this.confirm(member);
    // Kafka itself would take it: the port asks for more, and an adapter keeps it.
    const owned = (offset: OffsetCommit) =>
      member.partitions.some(({ topic, partition }) => topic === offset.topic && partition === offset.partition);
    if (!offsets.every(owned)) throw new BrokerError('fenced', 'a partition of the commit belongs to another member');
    this.write(offsets);
  }

  /** What an operator does, past every member. */
  write(offsets: readonly OffsetCommit[]): void {
    for (const offset of offsets) this.#committed.set(`${offset.topic}/${offset.partition}`, { ...offset });
  }

  committed(partitions: readonly PartitionRef[]): readonly CommittedOffset[] {
    return partitions.map(
      ({ topic, partition }) =>
        this.#committed.get(`${topic}/${partition}`) ?? { topic, partition, offset: undefined, metadata: '' },
    );
  }

  /** Runs until a round ends in which nobody came or went. */
  rebalance(): Promise<void> {
    this.#again = true;
    this.#rebalancing ??= this.#rounds();
    return this.#rebalancing;
  }

  async #rounds(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        // Members that come in the same tick are in the same round.
        await Promise.resolve();
        const drained = this.#members.filter((member) => member.generation > 0 && !member.gone);
        await Promise.all(
          drained.map((member) => within(this.#clock, member.options.rebalanceTimeoutMs, member.listener.revoking())),
        );
        if (!this.#again) this.#assign();
      }
    } finally {
      // In the turn of the last look: who comes or goes from now on begins a round.
      this.#rebalancing = undefined;
    }
  }

  #assign(): void {
    this.#generation += 1;
    const members = this.#members.filter((member) => !member.gone);
    const shares = new Map<GroupMember, PartitionRef[]>(members.map((member) => [member, []]));
    for (const topic of new Set(members.flatMap((member) => member.options.topics))) {
      const interested = members.filter((member) => member.options.topics.includes(topic));
      for (let partition = 0; partition < this.#partitionsOf(topic); partition++) {
        const owner = interested[partition % interested.length];
        if (owner !== undefined) shares.get(owner)?.push({ topic, partition });
      }
    }
    for (const [member, partitions] of shares) {
      member.generation = this.#generation;
      member.partitions = partitions;
      member.listener.assigned({ memberId: member.id, generation: this.#generation, partitions });
    }
    this.#changed();
  }
}
