import type { DesignRule } from '../rule.ts';
import { ambiguousDefault } from './ambiguous-default.rule.ts';
import { atMostOnceCatastrophic } from './at-most-once-catastrophic.rule.ts';
import { callerWaits } from './caller-waits.rule.ts';
import { catastrophicLossWeakDurability } from './catastrophic-loss-weak-durability.rule.ts';
import { deadLetterRetentionTooShort } from './dead-letter-retention-too-short.rule.ts';
import { defaultBesideRef } from './default-beside-ref.rule.ts';
import { defaultExcludesEvent } from './default-excludes-event.rule.ts';
import { deprecatedPastDate } from './deprecated-past-date.rule.ts';
import { effectivelyOnceWithoutKey } from './effectively-once-without-key.rule.ts';
import { effectivelyOnceWithoutTransactions } from './effectively-once-without-transactions.rule.ts';
import { endlessDefault } from './endless-default.rule.ts';
import { followBreaksOrder } from './follow-breaks-order.rule.ts';
import { globalOrderOverPartitions } from './global-order-over-partitions.rule.ts';
import { handWrittenRejected } from './hand-written-rejected.rule.ts';
import { hotKeyRisk } from './hot-key-risk.rule.ts';
import { idempotencyWindowTooShort } from './idempotency-window-too-short.rule.ts';
import { idleConcurrency } from './idle-concurrency.rule.ts';
import { invalidDefault } from './invalid-default.rule.ts';
import { keyIsEventId } from './key-is-event-id.rule.ts';
import { lossyWithoutApproval } from './lossy-without-approval.rule.ts';
import { lowVolume } from './low-volume.rule.ts';
import { majorsShareATopic } from './majors-share-a-topic.rule.ts';
import { moreConnectionsThanAPool } from './more-connections-than-a-pool.rule.ts';
import { noValidEvent } from './no-valid-event.rule.ts';
import { nothingToEmit } from './nothing-to-emit.rule.ts';
import { payloadNearLimit } from './payload-near-limit.rule.ts';
import { perKeyWithoutKey } from './per-key-without-key.rule.ts';
import { pointerMayBeAbsent } from './pointer-may-be-absent.rule.ts';
import { pointerNotInSchema } from './pointer-not-in-schema.rule.ts';
import { readsUnknownField } from './reads-unknown-field.rule.ts';
import { retentionShorterThanDeadline } from './retention-shorter-than-deadline.rule.ts';
import { retryShorterThanOneRun } from './retry-shorter-than-one-run.rule.ts';
import { slowCatchUp } from './slow-catch-up.rule.ts';
import { streamDisagrees } from './stream-disagrees.rule.ts';
import { unboundedBuffer } from './unbounded-buffer.rule.ts';
import { unclassifiedPersonalData } from './unclassified-personal-data.rule.ts';
import { undeclaredDefault } from './undeclared-default.rule.ts';
import { waitWithoutStore } from './wait-without-store.rule.ts';

/** In the order of reports: what the event is, then order, delivery, failure, load; errors before warnings. */
export const designRules: readonly DesignRule[] = [
  callerWaits,
  noValidEvent,
  nothingToEmit,
  pointerNotInSchema,
  pointerMayBeAbsent,
  readsUnknownField,
  invalidDefault,
  undeclaredDefault,
  ambiguousDefault,
  endlessDefault,
  handWrittenRejected,
  perKeyWithoutKey,
  keyIsEventId,
  globalOrderOverPartitions,
  streamDisagrees,
  majorsShareATopic,
  catastrophicLossWeakDurability,
  atMostOnceCatastrophic,
  effectivelyOnceWithoutKey,
  effectivelyOnceWithoutTransactions,
  idempotencyWindowTooShort,
  deadLetterRetentionTooShort,
  waitWithoutStore,
  lossyWithoutApproval,
  unboundedBuffer,
  followBreaksOrder,
  retryShorterThanOneRun,
  idleConcurrency,
  hotKeyRisk,
  slowCatchUp,
  moreConnectionsThanAPool,
  retentionShorterThanDeadline,
  payloadNearLimit,
  lowVolume,
  defaultBesideRef,
  defaultExcludesEvent,
  unclassifiedPersonalData,
  deprecatedPastDate,
];
