// Every scenario of the suite at once on one broker: what holds only while nobody else is there does not hold.
// TENET_ROUNDS says how often (default: once).
import { kafka as kafkajs } from '@tenet/runtime/kafkajs';
import { kafka as platformatic } from '@tenet/runtime/platformatic';
import { describe, inject, test } from 'vitest';
import type { Broker } from '../../runtime/src/broker/broker.ts';
import { brokerScenarios } from './broker.suite.ts';
import type { BrokerRig } from './broker-rig.ts';
import { runScenario } from './suite.ts';

const rounds = Number(process.env.TENET_ROUNDS ?? 1);
const brokers = inject('kafkaBrokers');

function rig(open: () => Broker): BrokerRig {
  const opened: Broker[] = [];
  return {
    open() {
      const broker = open();
      opened.push(broker);
      return broker;
    },
    async close() {
      await Promise.all(opened.map((broker) => broker.close()));
    },
  };
}

describe.each<[string, () => Broker]>([
  ['kafkajs', () => kafkajs({ brokers })],
  ['@platformatic/kafka', () => platformatic({ brokers })],
])('%s under stress', (_, open) => {
  for (let round = 1; round <= rounds; round += 1) {
    for (const scenario of brokerScenarios) {
      test.concurrent(
        `round ${round}: ${scenario.name}`,
        () => runScenario(scenario, async () => rig(open)),
        scenario.withinMs + 20_000,
      );
    }
  }
});
