/** The migrations of the stores, as files for whatever tool a team applies migrations with. Their home is the runtime. */
import { migrations } from '@tenet/runtime/sql';
import type { Emitter } from '../emitter.ts';
import { inboxReadme } from './readme.ts';

export const inboxSql: Emitter = {
  name: 'sql',
  emit: (set) => [
    inboxReadme(set, migrations),
    ...migrations.map(({ name, sql }) => ({ path: `sql/inbox/${name}`, text: sql })),
  ],
};
