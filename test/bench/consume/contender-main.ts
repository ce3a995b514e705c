/** One contender in a process of its own: reads a topic from its start to its end, and says how long that took. */
import { randomUUID } from 'node:crypto';
import { Consumer } from '@platformatic/kafka';
import { orderPlaced } from '@tenet/events/orders';
import { contract, createRuntime } from '@tenet/runtime';
import { kafka as kafkajs } from '@tenet/runtime/kafkajs';
import { kafka as platformatic } from '@tenet/runtime/platformatic';
import { silentLog } from '@tenet/runtime/testing';
import { Kafka, logLevel } from 'kafkajs';
import { accepts, partitions } from './orders-topic.ts';

export interface ContenderTask {
  readonly contender: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: number;
}

export interface ContenderAnswer {
  /** From the first record to the last one. */
  readonly seconds: number;
}

/** Counts records; the clock runs from the first one on. */
class Finish {
  readonly done: Promise<ContenderAnswer>;
  readonly #records: number;
  #count = 0;
  #started = 0;
  #resolve: (answer: ContenderAnswer) => void = () => undefined;

  constructor(records: number) {
    this.#records = records;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  one(): void {
    if (this.#count === 0) this.#started = performance.now();
    this.#count += 1;
    if (this.#count === this.#records) this.#resolve({ seconds: (performance.now() - this.#started) / 1000 });
  }
}

type Contender = (task: ContenderTask, finish: Finish) => Promise<() => Promise<unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What every consumer has to do whatever it is built on. */
function understood(value: Uint8Array | null): boolean {
  return value !== null && accepts(JSON.parse(utf8.decode(value))).ok;
}

const contenders: Readonly<Record<string, Contender>> = {
  async 'kafkajs eachMessage'({ brokers, topic }, finish) {
    const client = new Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: logLevel.NOTHING });
    const consumer = client.consumer({ groupId: randomUUID() });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (understood(message.value)) finish.one();
      },
    });
    return () => consumer.disconnect();
  },
  'tenet on kafkajs': tenetOn(kafkajs),
  async 'platformatic stream'({ brokers, topic }, finish) {
    const consumer = new Consumer({ bootstrapBrokers: [...brokers], clientId: 'bench', groupId: randomUUID() });
    // At an interval, as Java does; `true` would commit after every answer.
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: 5000 });
    stream.on('data', ({ value }) => {
      if (understood(value)) finish.one();
    });
    return () => consumer.close(true);
  },
  'tenet on platformatic': tenetOn(platformatic),
};

function tenetOn(kafka: typeof kafkajs): Contender {
  return async ({ brokers, topic }, finish) => {
    const plain = orderPlaced.analytics[contract];
    const settings = { ...plain.event.topic, name: topic, partitions };
    const group = randomUUID();
    const runtime = createRuntime({
      service: 'bench',
      broker: kafka({ brokers: [...brokers] }),
      log: silentLog,
    });
    const letters =
      plain.deadLetter === undefined ? {} : { deadLetter: { ...plain.deadLetter, topic: `${group}.dlq` } };
    runtime.consume(
      { [contract]: { ...plain, ...letters, group, event: { ...plain.event, topic: settings, environments: {} } } },
      () => finish.one(),
    );
    await createLetters(kafka({ brokers: [...brokers] }), `${group}.dlq`);
    await runtime.start();
    return () => runtime.stop();
  };
}

async function createLetters(broker: ReturnType<typeof kafkajs>, topic: string): Promise<void> {
  const config = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': String(2 * 1024 * 1024) };
  await broker.connect();
  await broker.admin().createTopics([{ topic, partitions: 1, replication: 1, config }]);
  await broker.close();
}

const task: ContenderTask = JSON.parse(process.argv[2] ?? '{}');
const contender = contenders[task.contender];
if (contender === undefined) throw new Error(`no contender ${task.contender}`);
const finish = new Finish(task.records);
const stop = await contender(task, finish);
process.stdout.write(`${JSON.stringify(await finish.done)}\n`);
await stop();
process.exit(0);
