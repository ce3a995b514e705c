/** Everything that is searched, in the order in which it is shown. */
import { batchClaims } from './batch-claims.ts';
import { consumerStudies } from './consumer/studies.ts';
import { dropOldest } from './drop-oldest.ts';
import { epochs } from './epochs.ts';
import { replayTopic } from './replay-topic.ts';
import type { Study } from './study.ts';
import { suspectsStudies } from './suspects/studies.ts';

export const studies: readonly Study[] = [
  ...consumerStudies,
  epochs,
  ...suspectsStudies,
  batchClaims,
  replayTopic,
  dropOldest,
];
