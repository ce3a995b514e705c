/** Writes dead letters of one consumer. Whoever calls repeats what was not acknowledged: nothing is given up here. */
import { BrokerError } from '../broker/broker.ts';
import type { ConsumerContract, DeadLetterPolicy } from '../contract.ts';
import type { RecordSender } from '../retry/record-sender.ts';
import { type Death, type DeathPlace, deadLetterRecord, withoutStack } from './evidence.ts';

export interface DeadLetterTopic {
  /** Resolves when the broker has acknowledged the evidence on every in-sync replica; else rejects. */
  bury(place: DeathPlace, death: Death, now: number): Promise<void>;
}

/** Of a consumer of several events: each has an owner and a deadline of its own. */
export function deadLettersOf(letters: readonly DeadLetters[]): DeadLetterTopic | undefined {
  const [first] = letters;
  if (first === undefined) return undefined;
  return { bury: (place, death, now) => (letters[place.type] ?? first).bury(place, death, now) };
}

export class DeadLetters implements DeadLetterTopic {
  readonly #consumer: ConsumerContract;
  readonly #policy: DeadLetterPolicy;
  readonly #sender: RecordSender;

  constructor(consumer: ConsumerContract, policy: DeadLetterPolicy, sender: RecordSender) {
    this.#consumer = consumer;
    this.#policy = policy;
    this.#sender = sender;
  }

  async bury(place: DeathPlace, death: Death, now: number): Promise<void> {
    const letter = deadLetterRecord(this.#consumer, this.#policy, place, death, now);
    try {
      await this.#sender.send(letter);
    } catch (error) {
      if (!(error instanceof BrokerError) || error.reason !== 'too-large') throw error;
      await this.#sender.send(withoutStack(letter));
    }
  }
}
