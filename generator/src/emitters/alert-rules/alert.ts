/** What an alert is: a rule, the words a person on call reads, and the tests that it ships with. */

import type { Markdown } from '../../diagnostics/markdown.ts';
import type { Consumer, Contract, Producer } from '../../model/contract.ts';
import type { Vector } from './promql.ts';
import type { Sentence } from './sentence.ts';
import type { TestSeries } from './test-series.ts';

export type Severity = 'info' | 'warning' | 'critical';

/** An alert as its own file defines it. */
export interface AlertDefinition {
  /** `TenetLagTooOld`; the same for every contract. */
  readonly name: string;
  readonly severity: Severity;
  /** Id of the team that answers it. */
  readonly team: string;
  readonly expression: Vector<string>;
  /** Minutes for which the expression must hold. */
  readonly forMinutes: number;
  /** The same words each time it fires: what a list of alerts shows. */
  readonly summary: string;
  readonly description: Sentence;
  readonly runbook: Runbook;
  readonly tests: readonly AlertTest[];
  /** Fires when series are missing, so that series of others cannot keep it silent. */
  readonly onAbsence?: boolean;
}

/** An alert of one consumer or one producer. */
export interface Alert extends AlertDefinition {
  /** Name of the consumer or of the service. */
  readonly subject: string;
  /** Static labels beside `severity` and `team`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the series that its tests feed. */
  readonly seriesLabels: Readonly<Record<string, string>>;
}

export interface Runbook {
  /** When it fires, after the word "when". */
  readonly when: Markdown;
  /** What that says about the world. */
  readonly means: Markdown;
  /** Where to look, in order. */
  readonly look: readonly Markdown[];
  /** What to do about it. */
  readonly act: readonly Markdown[];
}

export interface AlertTest {
  readonly name: string;
  readonly input: readonly TestSeries[];
  readonly checks: readonly AlertCheck[];
}

export interface AlertCheck {
  /** Minutes after the start of the test. */
  readonly at: number;
  /** Absent: the alert must be silent. */
  readonly fires?: {
    /** What the slots of the description show. */
    readonly shows: readonly string[];
    /** Labels of the firing series where they are not those of the fed series. */
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** What alerts see of that which they watch; `Who` names the label that tells one from another. */
interface Subject<Who extends 'consumer' | 'service'> {
  readonly contract: Contract;
  /** The topic has another name in an environment with a prefix. */
  readonly where: Readonly<Record<'contract' | Who, string>> & { readonly topic: readonly string[] };
  /** Labels of its series in the base contract, for tests. */
  readonly labels: SeriesLabels<Who>;
  /** Labels that differ from its own in one place each: none of its business. */
  readonly neighbours: readonly SeriesLabels<Who>[];
}
type SeriesLabels<Who extends string> = Readonly<Record<'contract' | Who | 'topic', string>>;

export interface ConsumerSubject extends Subject<'consumer'> {
  readonly consumer: Consumer;
}
export interface ProducerSubject extends Subject<'service'> {
  readonly producer: Producer;
}

/** `undefined` where the contract promises nothing that this alert could watch. */
export type ConsumerAlert = (subject: ConsumerSubject) => AlertDefinition | undefined;
export type ProducerAlert = (subject: ProducerSubject) => AlertDefinition | undefined;

/** What all series of a consumer are grouped by: one alert per topic name, so that environments stay apart. */
export const perConsumer = ['contract', 'consumer', 'topic'] as const;
export const perProducer = ['contract', 'service', 'topic'] as const;

/** Severity where work stands still and events may be lost once retention is over. */
export function standstill(contract: Contract): Severity {
  return contract.stakes.loss === 'tolerable' ? 'warning' : 'critical';
}
