// Who may speak to a cluster: every adapter, every mechanism, right and wrong, in the clear and over TLS.
import { inspect } from 'node:util';
import { kafka as kafkajs } from '@tenet/runtime/kafkajs';
import { kafka as platformatic } from '@tenet/runtime/platformatic';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Broker } from '../../../../runtime/src/broker/broker.ts';
import type { KafkaOptions, SaslOptions } from '../../../../runtime/src/broker/kafka/options.ts';
import { type SecureKafka, startSecureKafka, unsignedToken } from '../../../support/secure-kafka.ts';
import { outgoing, soon, text } from './real-members.ts';

let secure: SecureKafka;
const opened: Broker[] = [];

beforeAll(async () => {
  secure = await startSecureKafka();
}, 90_000);
afterAll(async () => {
  await Promise.all(opened.map((broker) => broker.close()));
  await secure.stop();
});

const password = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', more = {}): SaslOptions => ({
  mechanism,
  username: secure.username,
  password: secure.password,
  ...more,
});
const token = (seconds = 3600): SaslOptions => ({
  mechanism: 'oauthbearer',
  token: async () => unsignedToken('alice', seconds),
});

/** A record's whole way: topic, producer, group, consumer. */
async function roundTrip(broker: Broker, name: string): Promise<string | null> {
  opened.push(broker);
  await broker.connect();
  const topic = `login-${name}-${Math.random().toString(36).slice(2)}`;
  await broker.admin().createTopics([{ topic, partitions: 1, replication: 1, config: {} }]);
  await broker.producer({ clientId: 'p' }).send([outgoing(topic, 'k', 'hello')], 'all');
  let heard: string | null = null;
  const consumer = broker.consumer(
    { group: topic, topics: [topic], clientId: 'c', sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000 },
    {
      assigned: ({ partitions }) => {
        for (const ref of partitions) consumer.seek(ref, 0n);
        consumer.resume(partitions);
      },
      records: (_, [first]) => {
        heard = text(first?.value ?? null);
      },
      revoking: async () => {},
      lost: () => {},
      offsetLost: () => {},
      failed: () => {},
      recovered: () => {},
    },
  );
  await consumer.start();
  await consumer.commit([{ topic, partition: 0, offset: 1n, metadata: 'm' }]);
  await vi.waitFor(() => expect(heard).not.toBeNull(), soon);
  return heard;
}

// All at once: a session that is waited for is a wait for nothing else.
describe.concurrent.each<[string, (options: KafkaOptions) => Broker]>([
  ['kafkajs', kafkajs],
  ['platformatic', platformatic],
])('%s', (name, open) => {
  test('logs in again before its session ends, by another token', async () => {
    let tokens = 0;
    const lasting = (): Promise<string> => {
      tokens += 1;
      return Promise.resolve(unsignedToken('alice', 12));
    };
    const broker = open({ brokers: secure.clear, sasl: { mechanism: 'oauthbearer', token: lasting } });
    expect(await roundTrip(broker, name)).toBe('hello');
    const before = tokens;
    // kafkajs renews within the last ten seconds of a session, the other one in its last fifth.
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    expect(await broker.admin().describeTopics(['nowhere'])).toEqual([undefined]);
    expect(tokens).toBeGreaterThan(before);
  });

  test.each<[string, () => SaslOptions]>([
    ['plain', () => password('plain')],
    ['scram-sha-256', () => password('scram-sha-256')],
    ['scram-sha-512', () => password('scram-sha-512')],
    ['oauthbearer', () => token()],
  ])('logs in by %s', async (_, sasl) => {
    expect(await roundTrip(open({ brokers: secure.clear, sasl: sasl() }), name)).toBe('hello');
  });

  test('speaks TLS to a broker whose certificate it trusts, and logs in over it', async () => {
    const broker = open({ brokers: secure.encrypted, tls: { ca: secure.ca }, sasl: password('plain') });
    expect(await roundTrip(broker, name)).toBe('hello');
  });

  test('speaks to no broker whose certificate it does not trust', async () => {
    const broker = open({ brokers: secure.encrypted, tls: true, sasl: password('plain') });
    opened.push(broker);
    await expect(broker.connect()).rejects.toMatchObject({ name: 'BrokerError', reason: 'unreachable' });
  });

  test.each<[string, () => SaslOptions]>([
    ['plain', () => password('plain', { password: 'wrong-secret' })],
    ['scram-sha-256', () => password('scram-sha-256', { password: 'wrong-secret' })],
    ['scram-sha-512', () => password('scram-sha-512', { password: 'wrong-secret' })],
    ['oauthbearer', () => ({ mechanism: 'oauthbearer', token: async () => 'wrong-secret' })],
  ])('is refused with the wrong secret by %s, at once, and tells the secret nobody', async (_, sasl) => {
    const broker = open({ brokers: secure.clear, sasl: sasl() });
    opened.push(broker);
    const error: unknown = await broker.connect().catch((one: unknown) => one);
    expect(error).toMatchObject({ name: 'BrokerError', reason: 'refused', retryable: false });
    const said = inspect({ error, broker }, { depth: 20, showHidden: true });
    for (const secret of ['wrong-secret', Buffer.from('wrong-secret').toString('base64')]) {
      expect(said).not.toContain(secret);
    }
  });

  test('takes a token that cannot be had for an outage', async () => {
    const token = () => Promise.reject(new Error('the identity provider is away'));
    const broker = open({ brokers: secure.clear, sasl: { mechanism: 'oauthbearer', token } });
    opened.push(broker);
    await expect(broker.connect()).rejects.toMatchObject({
      name: 'BrokerError',
      reason: 'unreachable',
      message: 'there is no token to log in with: token() failed',
    });
  });
});
