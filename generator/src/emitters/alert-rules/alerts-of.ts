/** Which alerts there are, in the order in which rule files and runbooks list them. */
import type { Consumer, Contract, Producer } from '../../model/contract.ts';
import type {
  Alert,
  AlertDefinition,
  AlertTest,
  ConsumerAlert,
  ConsumerSubject,
  ProducerAlert,
  ProducerSubject,
} from './alert.ts';
import { commitsFailing } from './consumer/commits-failing.alert.ts';
import { consumerAbsent } from './consumer/consumer-absent.alert.ts';
import { deadLetterArrived } from './consumer/dead-letter-arrived.alert.ts';
import { deadLetterOverdue } from './consumer/dead-letter-overdue.alert.ts';
import { deadLetterWritesFailing } from './consumer/dead-letter-writes-failing.alert.ts';
import { deadLettersAboveRate } from './consumer/dead-letters-above-rate.alert.ts';
import { deadLettersGrowing } from './consumer/dead-letters-growing.alert.ts';
import { handlerSlow } from './consumer/handler-slow.alert.ts';
import { keyHeld } from './consumer/key-held.alert.ts';
import { lagGrowing } from './consumer/lag-growing.alert.ts';
import { lagTooLong } from './consumer/lag-too-long.alert.ts';
import { lagTooOld } from './consumer/lag-too-old.alert.ts';
import { noProgress } from './consumer/no-progress.alert.ts';
import { partitionStopped } from './consumer/partition-stopped.alert.ts';
import { rebalanceStorm } from './consumer/rebalance-storm.alert.ts';
import { restartLoop } from './consumer/restart-loop.alert.ts';
import { retriesExhausted } from './consumer/retries-exhausted.alert.ts';
import { type Graph, graphsOfConsumer, graphsOfProducer } from './graphs.ts';
import { sendsFailing } from './producer/sends-failing.alert.ts';
import { sendsSlow } from './producer/sends-slow.alert.ts';

const ofConsumers: readonly ConsumerAlert[] = [
  consumerAbsent,
  partitionStopped,
  noProgress,
  restartLoop,
  lagTooOld,
  lagTooLong,
  lagGrowing,
  deadLetterArrived,
  deadLettersAboveRate,
  deadLettersGrowing,
  deadLetterOverdue,
  keyHeld,
  deadLetterWritesFailing,
  retriesExhausted,
  handlerSlow,
  commitsFailing,
  rebalanceStorm,
];
const ofProducers: readonly ProducerAlert[] = [sendsFailing, sendsSlow];

/** Names of the topic in the base contract and in every environment, each once. */
function topicNames(contract: Contract): readonly string[] {
  return [...new Set([contract.topic.name, ...contract.environments.map(({ topic }) => topic.name)])];
}

/** Rule files, runbooks and the pages of teams all ask; contracts never change. */
const known = new WeakMap<Contract, Map<Consumer | Producer, readonly Alert[]>>();

function once(contract: Contract, whose: Consumer | Producer, make: () => readonly Alert[]): readonly Alert[] {
  const ofContract = known.get(contract) ?? new Map<Consumer | Producer, readonly Alert[]>();
  known.set(contract, ofContract);
  const alerts = ofContract.get(whose) ?? make();
  ofContract.set(whose, alerts);
  return alerts;
}

/** Alerts of a consumer. A hand-written one exports none of the metrics: it has none. */
export function alertsOfConsumer(contract: Contract, consumer: Consumer): readonly Alert[] {
  return once(contract, consumer, () => consumerAlerts(contract, consumer));
}

function consumerAlerts(contract: Contract, consumer: Consumer): readonly Alert[] {
  if (!consumer.generated) return [];
  const where = consumerSeries(contract, consumer);
  const labels = { ...where, topic: contract.topic.name };
  const neighbours = [
    { ...labels, consumer: `${consumer.name}-other` },
    { ...labels, contract: `${contract.name}-other` },
    { ...labels, topic: `${contract.topic.name}-other` },
  ];
  const subject = { contract, consumer, where, labels, neighbours };
  return ofConsumers.flatMap((define) => {
    const foreign = () => neighbours.map((other) => define({ ...subject, labels: other }));
    const labelled = { contract: contract.name, consumer: consumer.name };
    return complete(define(subject), foreign, consumer.name, labelled, labels);
  });
}

/** Alerts of a producer; none where it is hand-written. */
export function alertsOfProducer(contract: Contract, producer: Producer): readonly Alert[] {
  return once(contract, producer, () => producerAlerts(contract, producer));
}

function producerAlerts(contract: Contract, producer: Producer): readonly Alert[] {
  if (!producer.generated) return [];
  const where = producerSeries(contract, producer);
  const labels = { ...where, topic: contract.topic.name };
  const neighbours = [
    { ...labels, service: `${producer.service}-other` },
    { ...labels, contract: `${contract.name}-other` },
    { ...labels, topic: `${contract.topic.name}-other` },
  ];
  const subject = { contract, producer, where, labels, neighbours };
  return ofProducers.flatMap((define) => {
    const foreign = () => neighbours.map((other) => define({ ...subject, labels: other }));
    const labelled = { contract: contract.name, service: producer.service };
    return complete(define(subject), foreign, producer.service, labelled, labels);
  });
}

/** What to look at when they fire, by the consumer or service it is about; hand-written ones have nothing to show. */
export function graphsOf(
  contract: Contract,
): readonly { readonly subject: string; readonly graphs: readonly Graph[] }[] {
  return [
    ...contract.consumers
      .filter(({ generated }) => generated)
      .map((consumer) => ({ subject: consumer.name, graphs: graphsOfConsumer(consumerSeries(contract, consumer)) })),
    ...contract.producers
      .filter(({ generated }) => generated)
      .map((producer) => ({ subject: producer.service, graphs: graphsOfProducer(producerSeries(contract, producer)) })),
  ];
}

function consumerSeries(contract: Contract, { name }: Consumer): ConsumerSubject['where'] {
  return { contract: contract.name, consumer: name, topic: topicNames(contract) };
}
function producerSeries(contract: Contract, { service }: Producer): ProducerSubject['where'] {
  return { contract: contract.name, service, topic: topicNames(contract) };
}

/** Adds to a definition what all have in common, the test that it does not answer for others among it. */
function complete(
  own: AlertDefinition | undefined,
  foreign: () => readonly (AlertDefinition | undefined)[],
  subject: string,
  labels: Alert['labels'],
  seriesLabels: Alert['seriesLabels'],
): readonly Alert[] {
  if (own === undefined) return [];
  const alert: Alert = {
    ...own,
    subject,
    labels,
    seriesLabels,
    // Most of the work, and only the file of the tests wants it.
    get tests() {
      return own.onAbsence === true ? own.tests : [...own.tests, ...ofOthers(foreign())];
    },
  };
  return [alert];
}

/** What makes the alert fire, happening to somebody else. */
function ofOthers(foreign: readonly (AlertDefinition | undefined)[]): readonly AlertTest[] {
  const firing = foreign.flatMap((definition) => definition?.tests[0] ?? []);
  const checks = firing[0]?.checks.filter((check) => check.fires !== undefined).map(({ at }) => ({ at })) ?? [];
  return [{ name: 'it happens to others', input: firing.flatMap(({ input }) => input), checks }];
}

/** Every alert of a contract: consumers first, then producers. */
export function alertsOf(contract: Contract): readonly Alert[] {
  return [
    ...contract.consumers.flatMap((consumer) => alertsOfConsumer(contract, consumer)),
    ...contract.producers.flatMap((producer) => alertsOfProducer(contract, producer)),
  ];
}
