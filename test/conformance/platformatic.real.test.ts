import { kafka } from '@tenet/runtime/platformatic';
import { inject } from 'vitest';
import { brokerSuite } from './broker.suite.ts';

const brokers = inject('kafkaBrokers');

brokerSuite(
  '@platformatic/kafka on a real Kafka',
  async () => {
    const opened: ReturnType<typeof kafka>[] = [];
    return {
      open() {
        const broker = kafka({ brokers });
        opened.push(broker);
        return broker;
      },
      async close() {
        await Promise.all(opened.map((broker) => broker.close()));
      },
    };
  },
  kafka({ brokers }).features,
);
