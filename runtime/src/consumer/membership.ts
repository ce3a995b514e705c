/** A consumer's place in its group: joined, and left and joined anew where its adapter gave up or it has to give way. */
import { type Broker, type BrokerConsumer, BrokerError, type ConsumerListener } from '../broker/broker.ts';
import { type Clock, sleep } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';

export interface MembershipOptions {
  readonly broker: Broker;
  readonly contract: ConsumerContract;
  readonly topic: string;
  readonly clientId: string;
  readonly timing: { readonly sessionTimeoutMs: number; readonly rebalanceTimeoutMs: number };
  readonly clock: Clock;
  readonly random: () => number;
  /** Of one that joins. */
  listener(): ConsumerListener;
  /** The partitions are given up. */
  lost(): void;
}

export class Membership {
  readonly #options: MembershipOptions;
  #consumer: BrokerConsumer | undefined;
  /** Its adapter said so, or it left; it is opened anew. */
  #givenUp: BrokerConsumer | undefined;
  #ended = false;
  /** Why the group is out of reach. */
  trouble: Error | undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  get consumer(): BrokerConsumer | undefined {
    return this.#consumer;
  }

  async join(): Promise<void> {
    const { broker, contract, topic, clientId, timing, listener } = this.#options;
    const { sessionTimeoutMs, rebalanceTimeoutMs } = timing;
    const told = listener();
    const consumer = broker.consumer(
      { group: contract.group, topics: [topic], clientId, sessionTimeoutMs, rebalanceTimeoutMs },
      {
        ...told,
        // A rebalance may end while it leaves.
        assigned: (assignment) => {
          if (consumer !== this.#givenUp) told.assigned(assignment);
        },
      },
    );
    this.#consumer = consumer;
    await consumer.start();
  }

  /** Gives the partitions up, leaves, and joins anew when `ready` resolves; repeated until that works. */
  async joinAnew(ready?: Promise<void>): Promise<void> {
    const given = this.#consumer;
    if (given === this.#givenUp || this.#ended) return;
    this.#givenUp = given;
    const { clock, random, lost } = this.#options;
    lost();
    if (ready !== undefined) {
      await given?.stop().catch(() => undefined);
      await ready;
    }
    for (let repeat = 1; !this.#ended && this.#givenUp === given; repeat++) {
      await this.#consumer?.stop().catch(() => undefined);
      await sleep(clock, Math.max(500, backoffMs(outageBackoff, repeat, random)));
      try {
        if (!this.#ended) await this.join();
        return;
      } catch (cause) {
        this.trouble = cause instanceof Error ? cause : new BrokerError('unreachable', String(cause));
      }
    }
  }

  /** Joins no more. */
  end(): void {
    this.#ended = true;
  }
}
