import { alertRules } from './alert-rules/alert-rules.emitter.ts';
import type { Emitter } from './emitter.ts';
import { ownershipDocs } from './ownership-docs/ownership-docs.emitter.ts';
import { sdk } from './sdk/sdk.emitter.ts';
import { inboxSql } from './sql/inbox-sql.emitter.ts';
import { topics } from './topics/topics.emitter.ts';

/** Every output of `tenet generate`, in the order in which they are made. */
export const emitters: readonly Emitter[] = [sdk, alertRules, ownershipDocs, topics, inboxSql];
