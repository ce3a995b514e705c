import { memoryStore } from '@tenet/runtime/memory';
import { lineSuite } from './line.suite.ts';

lineSuite('memory', async () => {
  const store = memoryStore();
  return { open: () => store.inbox(), close: async () => undefined };
});
