/** What a client of Kafka is asked for, with every request in the hands of the test. */
import type { GroupBroker, GroupCluster } from '../../../../runtime/src/broker/kafka/cluster.ts';
import { ProtocolError } from '../../../../runtime/src/broker/kafka/errors.ts';
import { decodeAssignment } from '../../../../runtime/src/broker/kafka/group-protocol.ts';

export interface Asked {
  readonly request: string;
  readonly with: unknown;
  answer(value: unknown): void;
  fail(error: unknown): void;
}

export interface FakeCluster {
  readonly cluster: GroupCluster;
  /** What was asked and not answered yet, oldest first; takes it out. */
  next(request: string): Promise<Asked>;
  /** Requests of that kind that wait for an answer. */
  waiting(request: string): number;
  connected: boolean;
  /** How often the group's coordinator was looked up. */
  lookups: number;
  /** Connections that were taken out of the pool, as host:port. */
  readonly dropped: string[];
}

export function protocolError(type: string): Error {
  return new ProtocolError(type);
}

/** One broker that leads `partitions` partitions of every topic. */
export function fakeCluster(partitions: number): FakeCluster {
  const open: Asked[] = [];
  const ask = (request: string, what: unknown) =>
    new Promise<never>((answer, fail) => {
      open.push({ request, with: what, answer: answer as (value: unknown) => void, fail });
    });
  const broker: GroupBroker = {
    nodeId: 1,
    isConnected: () => fake.connected,
    joinGroup: (what) => ask('join', what),
    syncGroup: (what) => ask('sync', what),
    heartbeat: (what) => ask('heartbeat', what),
    leaveGroup: (what) => ask('leave', what),
    offsetCommit: (what) => ask('commit', what),
    offsetFetch: (what) => ask('committed', what),
  };
  const fake: FakeCluster = {
    connected: true,
    lookups: 0,
    dropped: [],
    waiting: (request) => open.filter((one) => one.request === request).length,
    async next(request) {
      for (let tick = 0; tick < 500; tick += 1) {
        const at = open.findIndex((one) => one.request === request);
        const [found] = at < 0 ? [] : open.splice(at, 1);
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      throw new Error(`nobody asked: ${request}`);
    },
    cluster: {
      connect: async () => undefined,
      disconnect: async () => undefined,
      addMultipleTargetTopics: async () => undefined,
      refreshMetadata: async () => undefined,
      refreshMetadataIfNecessary: async () => undefined,
      findTopicPartitionMetadata: () =>
        Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 1 })),
      findGroupCoordinator: async () => {
        fake.lookups += 1;
        return broker;
      },
      findBroker: () => (fake.connected ? Promise.resolve(broker) : ask('connection', undefined).then(() => broker)),
      fetch: (_, what) => ask('fetch', what),
      removeBroker: ({ host, port }) => fake.dropped.push(`${host}:${port}`),
    },
  };
  return fake;
}

/** Answers a join and a sync as the group would answer its only member, with what that member assigned itself. */
export async function letJoin(fake: FakeCluster, memberId: string, generationId: number): Promise<unknown> {
  const join = await fake.next('join');
  const { groupProtocols } = join.with as { groupProtocols: readonly { metadata: Buffer }[] };
  const memberMetadata = groupProtocols[0]?.metadata ?? Buffer.alloc(0);
  join.answer({ generationId, leaderId: memberId, memberId, members: [{ memberId, memberMetadata }] });
  const sync = await fake.next('sync');
  const { groupAssignment } = sync.with as { groupAssignment: readonly { memberAssignment: Buffer }[] };
  const memberAssignment = groupAssignment[0]?.memberAssignment ?? Buffer.alloc(0);
  sync.answer({ memberAssignment });
  return { asked: join.with, assigned: decodeAssignment(memberAssignment) };
}
