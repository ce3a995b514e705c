/** A suite that cannot fail proves nothing: each of these adapters breaks one promise and must be caught. */
import { expect, test } from 'vitest';
import type { Broker, BrokerRecord, ConsumerListener } from '../../runtime/src/broker/broker.ts';
import { brokerScenarios } from './broker.suite.ts';
import type { BrokerRig } from './broker-rig.ts';
import { memoryBrokerRig } from './memory-rigs.ts';
import { runScenario } from './suite.ts';

/** The scenario, with less patience where a broken adapter would make it wait. */
async function outcome(name: RegExp, rig: () => BrokerRig, withinMs = 1000): Promise<string> {
  const scenario = brokerScenarios.find((one) => name.test(one.name));
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  try {
    await runScenario({ ...scenario, withinMs }, async () => rig(), 300);
    return 'passed';
  } catch {
    return 'caught';
  }
}

function listening(broker: Broker, alter: (listener: ConsumerListener) => ConsumerListener): Broker {
  return { ...broker, consumer: (options, listener) => broker.consumer(options, alter(listener)) };
}

const handingOver = (alter: (records: readonly BrokerRecord[]) => readonly BrokerRecord[]) => (broker: Broker) =>
  listening(broker, (listener) => ({
    ...listener,
    records: (ref, records, logEnd, next) => listener.records(ref, alter(records), logEnd, next),
  }));

const order = /keeps the order of a partition/;

test('one that loses a record', async () => {
  const lossy = handingOver((records) => records.filter(({ offset }) => offset !== 1234n));
  expect(await outcome(order, () => memoryBrokerRig(lossy))).toBe('caught');
});

test('one that reorders', async () => {
  const swapping = handingOver((records) => {
    const [first, second, ...rest] = records;
    return first === undefined || second === undefined ? records : [second, first, ...rest];
  });
  expect(await outcome(order, () => memoryBrokerRig(swapping))).toBe('caught');
});

test('one that writes twice in silence', async () => {
  const stuttering = (broker: Broker): Broker => ({
    ...broker,
    producer: (options) => {
      const producer = broker.producer(options);
      let calls = 0;
      return {
        ...producer,
        async send(records, acks) {
          await producer.send(records, acks);
          calls += 1;
          if (calls === 7) await producer.send(records, acks);
        },
      };
    },
  });
  expect(await outcome(order, () => memoryBrokerRig(stuttering))).toBe('caught');
});

test('one that commits for a revoked partition', async () => {
  const shameless = (broker: Broker): Broker => ({
    ...broker,
    consumer: (options, listener) => {
      const consumer = broker.consumer(options, listener);
      return { ...consumer, commit: (offsets) => consumer.commit(offsets).catch(() => undefined) };
    },
  });
  expect(await outcome(/refuses commits/, () => memoryBrokerRig(shameless))).toBe('caught');
});

test('one that commits by itself', async () => {
  const eager = (broker: Broker): Broker => ({
    ...broker,
    consumer: (options, listener) => {
      const consumer = broker.consumer(options, {
        ...listener,
        records: (ref, records, logEnd, next) => {
          listener.records(ref, records, logEnd, next);
          consumer.commit([{ ...ref, offset: next ?? logEnd, metadata: '' }]).catch(() => undefined);
        },
      });
      return consumer;
    },
  });
  expect(await outcome(/nothing by itself/, () => memoryBrokerRig(eager))).toBe('caught');
});

test('one that forgets metadata', async () => {
  const forgetful = (broker: Broker): Broker => ({
    ...broker,
    consumer: (options, listener) => {
      const consumer = broker.consumer(options, listener);
      return { ...consumer, commit: (offsets) => consumer.commit(offsets.map((one) => ({ ...one, metadata: '' }))) };
    },
  });
  expect(await outcome(/metadata of a commit/, () => memoryBrokerRig(forgetful))).toBe('caught');
});

test('one that confirms whatever it is asked', async () => {
  const agreeable = (broker: Broker): Broker => ({
    ...broker,
    consumer: (options, listener) => ({ ...broker.consumer(options, listener), confirm: async () => undefined }),
  });
  expect(await outcome(/confirms an assignment/, () => memoryBrokerRig(agreeable))).toBe('caught');
});

test('one that moves partitions without a drain', async () => {
  const hasty = (broker: Broker) =>
    listening(broker, (listener) => ({
      ...listener,
      revoking: async () => {
        listener.revoking().catch(() => undefined);
      },
    }));
  expect(await outcome(/drains/, () => memoryBrokerRig(hasty))).toBe('caught');
});

test('one that hands over before it is resumed', async () => {
  const impatient = (broker: Broker): Broker => ({
    ...broker,
    consumer: (options, listener) => {
      const consumer = broker.consumer(options, {
        ...listener,
        assigned: (assignment) => {
          for (const ref of assignment.partitions) consumer.seek(ref, 0n);
          consumer.resume(assignment.partitions);
          listener.assigned(assignment);
        },
      });
      return consumer;
    },
  });
  expect(await outcome(/before it is resumed/, () => memoryBrokerRig(impatient))).toBe('caught');
});

test('one that resets a lost offset by itself', async () => {
  const resetting = (broker: Broker): Broker => ({
    ...broker,
    consumer: (options, listener) => {
      const consumer = broker.consumer(options, {
        ...listener,
        offsetLost: (ref) => {
          consumer.seek(ref, 0n);
          consumer.resume([ref]);
        },
      });
      return consumer;
    },
  });
  expect(await outcome(/position does not exist/, () => memoryBrokerRig(resetting))).toBe('caught');
});

test('one that begins at the end when it is asked for a time', async () => {
  const late = (broker: Broker): Broker => ({
    ...broker,
    admin: () => ({
      ...broker.admin(),
      offsetsForTime: async (topic) =>
        (await broker.admin().offsets(topic)).map(({ partition, end }) => ({ partition, offset: end })),
    }),
  });
  expect(await outcome(/first offset of a time/, () => memoryBrokerRig(late))).toBe('caught');
});

test('one that hangs when it closes', async () => {
  const hanging = (broker: Broker): Broker => ({ ...broker, close: () => new Promise(() => undefined) });
  expect(await outcome(/closes with everything/, () => memoryBrokerRig(hanging))).toBe('caught');
}, 30_000);

test('one that loses headers', async () => {
  const bare = handingOver((records) => records.map((record) => ({ ...record, headers: record.headers.slice(0, 1) })));
  expect(await outcome(/byte for byte/, () => memoryBrokerRig(bare))).toBe('caught');
  expect(await outcome(/repeated header/, () => memoryBrokerRig(bare))).toBe('caught');
});

test('and a sound one passes with the same patience', async () => {
  for (const name of [order, /refuses commits/, /drains/, /closes with everything/]) {
    expect(await outcome(name, () => memoryBrokerRig(), 5000)).toBe('passed');
  }
}, 30_000);

test('one that still names a client that has left its group', async () => {
  const remembering = (broker: Broker): Broker => {
    const known = new Set<string>();
    const admin = () => ({
      ...broker.admin(),
      groupClients: async (group: string) => {
        for (const client of await broker.admin().groupClients(group)) known.add(client);
        return [...known];
      },
    });
    return { ...broker, admin };
  };
  expect(await outcome(/names the clients of a group/, () => memoryBrokerRig(remembering))).toBe('caught');
});
