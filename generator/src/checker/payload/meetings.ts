import type { Consumer, Contract } from '../../model/contract.ts';
import type { Handling, Meeting } from '../../schema/verdict.ts';

/** A question for the schema engine, and the consumers that the answer is about. */
export interface Question {
  readonly meeting: Meeting;
  readonly consumers: readonly Consumer[];
}

/**
 * How the events of these versions are made. One hand-written producer among them is enough: what it may send includes
 * what generated ones do.
 */
export function producerOf(versions: readonly Contract[]): Handling {
  return versions.some(({ producers }) => producers.some(({ generated }) => !generated)) ? 'hand-written' : 'generated';
}

/** One question for each way in which the contract's consumers read; without any, for those that may come. */
export function questionsFor(producer: Handling, { consumers }: Contract): readonly Question[] {
  const generated = consumers.filter((consumer) => consumer.generated);
  const handWritten = consumers.filter((consumer) => !consumer.generated);
  const questions: readonly Question[] = [
    { meeting: { producer, consumer: 'generated' }, consumers: generated },
    { meeting: { producer, consumer: 'hand-written' }, consumers: handWritten },
  ];
  return consumers.length === 0 ? questions.slice(0, 1) : questions.filter((question) => question.consumers.length > 0);
}
