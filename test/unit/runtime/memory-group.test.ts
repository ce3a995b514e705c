import { expect, test } from 'vitest';
import { type GroupMember, MemoryGroup } from '../../../runtime/src/broker/memory-group.ts';
import { systemClock } from '../../../runtime/src/clock.ts';
import { pause } from './support.ts';

function member(id: string, assigned: () => void): GroupMember {
  return {
    id,
    options: { group: 'g', topics: ['t'], clientId: id, sessionTimeoutMs: 1000, rebalanceTimeoutMs: 1000 },
    listener: {
      assigned,
      revoking: async () => undefined,
      lost: () => undefined,
      records: () => undefined,
      offsetLost: () => undefined,
      failed: () => undefined,
      recovered: () => undefined,
    },
    generation: 0,
    partitions: [],
    gone: false,
  };
}

test.each([0, 1, 2, 3, 4, 5, 6])('who leaves %i turns after an assignment is missed by nobody', async (turns) => {
  const group = new MemoryGroup(
    systemClock,
    () => 2,
    () => undefined,
  );
  const stays = member('stays', () => undefined);
  const leaves = member('leaves', async () => {
    for (let i = 0; i < turns; i++) await Promise.resolve();
    group.remove(leaves);
  });
  await Promise.all([group.join(stays), group.join(leaves)]);
  await pause(5);
  expect(stays.partitions.map(({ partition }) => partition)).toEqual([0, 1]);
});
