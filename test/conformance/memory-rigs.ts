import { type MemoryStore, type MemoryTransaction, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import type { Broker } from '../../runtime/src/broker/broker.ts';
import type { Inbox } from '../../runtime/src/inbox/inbox.ts';
import type { BrokerRig } from './broker-rig.ts';
import type { InboxRig } from './inbox.suite.ts';

/** `alter`: what makes an adapter a broken one. */
export function memoryBrokerRig(alter: (broker: Broker) => Broker = (broker) => broker): BrokerRig {
  const cluster = memoryCluster();
  const opened: Broker[] = [];
  return {
    open() {
      const broker = alter(cluster.broker());
      opened.push(broker);
      return broker;
    },
    async close() {
      await Promise.all(opened.map((broker) => broker.close()));
    },
  };
}

export function memoryInboxRig(
  alter: (inbox: Inbox<MemoryTransaction>, store: MemoryStore) => Inbox<MemoryTransaction> = (inbox) => inbox,
): InboxRig<MemoryTransaction> {
  const store = memoryStore();
  return {
    open: () => alter(store.inbox(), store),
    effect: async (tx, place) => tx.write(place, true),
    effects: async (place) => store.writes(place),
    close: async () => undefined,
  };
}
