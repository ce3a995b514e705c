/** The consumer's place in its group: opened at the start, and opened anew when its adapter has given it up. */
import { type BrokerConsumer, BrokerError, type ConsumerListener } from '../broker/broker.ts';
import { sleep } from '../clock.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';
import type { ConsumerOptions } from './options.ts';

export interface MembershipOptions
  extends Pick<ConsumerOptions, 'broker' | 'contract' | 'topic' | 'clientId' | 'timing' | 'clock' | 'random'> {
  readonly listener: ConsumerListener;
  /** The partitions are given up. */
  lost(): void;
  /** Nothing is opened any more. */
  isOver(): boolean;
}

export class Membership {
  readonly #options: MembershipOptions;
  #consumer: BrokerConsumer | undefined;
  /** It is opened anew. */
  #givenUp: BrokerConsumer | undefined;
  /** Why the consumer is not well; `undefined` while it is. */
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
    const group = { group: contract.group, topics: [topic], clientId, sessionTimeoutMs, rebalanceTimeoutMs };
    const consumer = broker.consumer(group, listener);
    this.#consumer = consumer;
    await consumer.start();
  }

  async openAnew(): Promise<void> {
    const { lost, isOver, clock, random } = this.#options;
    const given = this.#consumer;
    if (given === this.#givenUp || isOver()) return;
    this.#givenUp = given;
    lost();
    for (let repeat = 1; !isOver() && this.#givenUp === given; repeat++) {
      await this.#consumer?.stop().catch(() => undefined);
      await sleep(clock, Math.max(500, backoffMs(outageBackoff, repeat, random)));
      try {
        if (!isOver()) await this.join();
        return;
      } catch (cause) {
        this.trouble = cause instanceof Error ? cause : new BrokerError('unreachable', String(cause));
      }
    }
  }
}
