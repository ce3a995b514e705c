/**
 * The migrations of the stores, in the order in which they apply. A leaf without imports beyond its strings, so that
 * the generator can write them out as files; the runtime itself never changes a schema.
 */
import { inboxMigration, type Migration } from './inbox/sql/inbox.ts';
import { lineMigration } from './line/sql/line.ts';

export type { Migration };

export const migrations: readonly Migration[] = [inboxMigration, lineMigration];
