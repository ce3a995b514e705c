import { metrics } from '@tenet/runtime/metric-names';
import { code, type Markdown, markdown } from '../../../diagnostics/markdown.ts';
import type { DeadLetter } from '../../../model/contract.ts';
import type { ConsumerSubject } from '../alert.ts';
import { series, type TestSeries } from '../test-series.ts';

/** The counter of dead letters, for tests; one disposition stands for all. */
export function deadLetters(labels: ConsumerSubject['labels'], values: string): TestSeries {
  return series(metrics.recordsDeadLettered, { ...labels, disposition: 'poison' }, values);
}

/** What whoever is called looks at, whichever alert called. */
export function whereToLook(deadLetter: DeadLetter): readonly Markdown[] {
  return [
    markdown`The records themselves, in ${code(deadLetter.topic)}: key and value are untouched, the headers ${code('tenet-dlq-*')} say why, how often and when it failed.`,
    markdown`${code(metrics.recordsDeadLettered.name)} by ${code('disposition')}: poison (can never be handled) or an exhausted retry budget (a dependency failed for too long)?`,
  ];
}

export function whatToDo(deadLetter: DeadLetter): readonly Markdown[] {
  return [
    markdown`Poison: find the producer of the record in its headers and talk to its owner; the record will fail again until it or the handler changes.`,
    markdown`Exhausted: heal the dependency first, then bring the records back.`,
    markdown`Settle each record within ${code(deadLetter.investigateWithin.text)} of its arrival: bring it back or decide to drop it, and write down why.`,
  ];
}
