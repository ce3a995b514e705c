/** Subpath `@tenet/runtime/memory`: a broker and a store in memory, for tests, demos and local work. */
export { type Fault, type MemoryBroker, type MemoryCluster, memoryCluster } from './broker/memory-broker.ts';
export { type MemoryInbox, type MemoryStore, type MemoryTransaction, memoryStore } from './inbox/memory-inbox.ts';
