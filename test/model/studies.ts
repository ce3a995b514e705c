/** Everything that is searched, in the order in which it is shown. */
import { consumerStudies } from './consumer/studies.ts';
import type { Study } from './study.ts';

export const studies: readonly Study[] = [...consumerStudies];
