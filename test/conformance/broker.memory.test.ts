import { memoryCluster } from '@tenet/runtime/memory';
import { brokerSuite } from './broker.suite.ts';
import { memoryBrokerRig } from './memory-rigs.ts';

brokerSuite('memory', async () => memoryBrokerRig(), memoryCluster().broker().features);
