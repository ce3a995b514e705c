/** Pages in Markdown: a contract each, a team each, the failure ownership matrix, and the way in. */
import type { Emitter } from '../emitter.ts';
import { contractPageFile } from './contract-page.ts';
import { indexPageFile } from './index-page.ts';
import { ownershipPageFile } from './ownership-page.ts';
import { teamPageFile } from './team-page.ts';

export const ownershipDocs: Emitter = {
  name: 'ownership-docs',
  emit: (set) => [
    indexPageFile(set),
    ownershipPageFile(set),
    ...set.contracts.map((contract) => contractPageFile(set, contract)),
    ...[...set.teams.values()].map((team) => teamPageFile(set, team)),
  ],
};
