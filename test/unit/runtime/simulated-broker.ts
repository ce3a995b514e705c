/** The broker as one member of a random history sees it: commits that arrive late or twice, and nothing while it is frozen. */
import type { MemoryBroker, MemoryCluster } from '@tenet/runtime/memory';
import {
  type BrokerConsumer,
  BrokerError,
  type ConsumerListener,
  type OffsetCommit,
} from '../../../runtime/src/broker/broker.ts';
import { type Clock, sleep } from '../../../runtime/src/clock.ts';
import { type Member, tellMember } from './simulated-member.ts';

export interface BrokerWorld {
  readonly cluster: MemoryCluster;
  readonly clock: Clock;
  /** Nothing goes wrong any more. */
  isCalm(): boolean;
  chance(share: number): boolean;
  pick<T>(of: readonly T[]): T;
  say(line: string): void;
  fail(message: string): never;
  /** The group has taken everything but those partitions away from the member. */
  disown(member: Member, kept: ReadonlySet<number>): void;
}

export function simulatedBroker(world: BrokerWorld, memberOf: () => Member): MemoryBroker {
  const { clock, say, chance, pick, disown, isCalm } = world;
  const broker = world.cluster.broker();
  return {
    ...broker,
    consumer: (options: Parameters<typeof broker.consumer>[0], listener: ConsumerListener): BrokerConsumer => {
      let left = false;
      // An adapter that was stopped says nothing any more, frozen or not.
      const tell = (call: () => void) => tellMember(memberOf(), () => left || call());
      const inner = broker.consumer(options, {
        ...listener,
        assigned: (assignment) => {
          const member = memberOf();
          if (member.state === 'gone') return;
          disown(member, new Set(assignment.partitions.map(({ partition }) => partition)));
          member.generation = assignment.generation;
          say(`${member.name} has ${[...member.owned].join(',')} in ${assignment.generation}`);
          tell(() => {
            // What is older than the last assignment is not told any more.
            if (member.generation === assignment.generation) listener.assigned(assignment);
          });
        },
        revoking: () =>
          new Promise((resolve) => {
            tell(() => listener.revoking().then(resolve));
          }),
        lost: () => tell(() => listener.lost()),
        records: (...call) => tell(() => listener.records(...call)),
      });
      return {
        ...inner,
        // Whoever gives way for a wedged handler leaves it running.
        stop: () => {
          left = true;
          disown(memberOf(), new Set());
          return inner.stop();
        },
        confirm: async () => {
          await inner.confirm();
          // The adapter asks under the generation that it has told.
          if (memberOf().deaf !== undefined) throw new BrokerError('fenced', 'another generation has begun');
        },
        commit: async (offsets) => {
          const member = memberOf();
          const { generation } = member;
          judgeOwnership(world, member, offsets);
          if (chance(0.3)) await sleep(clock, pick([1, 20, 120]));
          if (member.deaf !== undefined || member.generation !== generation) {
            throw new BrokerError('fenced', 'the generation of the commit is over');
          }
          if (!isCalm() && chance(0.05)) {
            // Nobody waits any longer, and then it arrives all the same.
            sleep(clock, pick([1, 60, 200])).then(() => {
              const stands = member.state === 'live' && member.generation === generation;
              if (stands) inner.commit(offsets).catch(() => undefined);
            });
            throw new BrokerError('unknown', 'no answer in time');
          }
          await inner.commit(offsets);
          if (chance(0.2)) await sleep(clock, pick([1, 20, 120]));
        },
      };
    },
  };
}

// I2: told or not told of its loss, a member may ask; but never for what it was told that it does not own.
function judgeOwnership({ say, fail }: BrokerWorld, member: Member, offsets: readonly OffsetCommit[]): void {
  say(
    `${member.name} commits ${offsets.map(({ partition, offset, metadata }) => `${partition}:${offset} ${metadata}`).join(' ')}`,
  );
  if (member.state === 'gone') fail(`I2 ownership: ${member.name} is gone and commits`);
  if (member.deaf !== undefined) return;
  for (const { partition } of offsets) {
    if (!member.owned.has(partition)) fail(`I2 ownership: ${member.name} commits ${partition}, not its own`);
  }
}
