import { inboxSuite } from './inbox.suite.ts';
import { memoryInboxRig } from './memory-rigs.ts';

inboxSuite('memory', async () => memoryInboxRig());
