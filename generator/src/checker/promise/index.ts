import type { PromiseRule, WorkspaceRule } from '../rule.ts';
import { acksWeakened } from './acks-weakened.rule.ts';
import { backpressureMadeLossy } from './backpressure-made-lossy.rule.ts';
import { backpressureTightened } from './backpressure-tightened.rule.ts';
import { bucketsChanged } from './buckets-changed.rule.ts';
import { classificationRemoved } from './classification-removed.rule.ts';
import { cleanupChanged } from './cleanup-changed.rule.ts';
import { compatibilityLoosened } from './compatibility-loosened.rule.ts';
import { consumerRemoved } from './consumer-removed.rule.ts';
import { contractDeleted } from './contract-deleted.rule.ts';
import { contractDeprecated } from './contract-deprecated.rule.ts';
import { contractWithdrawn } from './contract-withdrawn.rule.ts';
import { deadLetterLoosened } from './dead-letter-loosened.rule.ts';
import { deadLetterOwnerChanged } from './dead-letter-owner-changed.rule.ts';
import { deadLetterTopicChanged } from './dead-letter-topic-changed.rule.ts';
import { deliveryWeakened } from './delivery-weakened.rule.ts';
import { encodingChanged } from './encoding-changed.rule.ts';
import { environmentRemoved } from './environment-removed.rule.ts';
import { eventAttributeMoved } from './event-attribute-moved.rule.ts';
import { formatsSwitched } from './formats-switched.rule.ts';
import { freshnessLoosened } from './freshness-loosened.rule.ts';
import { groupRenamed } from './group-renamed.rule.ts';
import { handlerTimeoutShortened } from './handler-timeout-shortened.rule.ts';
import { idempotencyKeyChanged } from './idempotency-key-changed.rule.ts';
import { idempotencyWindowShortened } from './idempotency-window-shortened.rule.ts';
import { lostOffsetHidden } from './lost-offset-hidden.rule.ts';
import { maxMessageLowered } from './max-message-lowered.rule.ts';
import { orderingWeakened } from './ordering-weakened.rule.ts';
import { outboxRemoved } from './outbox-removed.rule.ts';
import { ownerChanged } from './owner-changed.rule.ts';
import { packageRenamed } from './package-renamed.rule.ts';
import { partitionCountChanged } from './partition-count-changed.rule.ts';
import { partitionKeyChanged } from './partition-key-changed.rule.ts';
import { partitionKeyTypeChanged } from './partition-key-type-changed.rule.ts';
import { producerHandWritten } from './producer-hand-written.rule.ts';
import { producerRemoved } from './producer-removed.rule.ts';
import { readsUnsatisfied } from './reads-unsatisfied.rule.ts';
import { removalBroughtForward } from './removal-brought-forward.rule.ts';
import { replayWindowShortened } from './replay-window-shortened.rule.ts';
import { replicationLowered } from './replication-lowered.rule.ts';
import { retentionShortened } from './retention-shortened.rule.ts';
import { retryBudgetCut } from './retry-budget-cut.rule.ts';
import { rolloutShortened } from './rollout-shortened.rule.ts';
import { stakesLowered } from './stakes-lowered.rule.ts';
import { streamJoined } from './stream-joined.rule.ts';
import { teamRerouted } from './team-rerouted.rule.ts';
import { tombstonesAllowed } from './tombstones-allowed.rule.ts';
import { topicRenamed } from './topic-renamed.rule.ts';
import { trafficRaised } from './traffic-raised.rule.ts';
import { versionBumpTooSmall } from './version-bump-too-small.rule.ts';
import { versionNotBumped } from './version-not-bumped.rule.ts';

/** Said before anything else: the change loosens the gate that judges it. */
export const gateRules: readonly PromiseRule[] = [contractWithdrawn, compatibilityLoosened];

/** About all contracts at once: what stands in `tenet.yaml` and `owners.yaml`. */
export const workspaceRules: readonly WorkspaceRule[] = [packageRenamed, environmentRemoved, teamRerouted];

/** In the order of reports: the topic, its key and order, durability, then each consumer's promises. */
export const promiseRules: readonly PromiseRule[] = [
  contractDeleted,
  contractDeprecated,
  removalBroughtForward,
  topicRenamed,
  streamJoined,
  encodingChanged,
  formatsSwitched,
  tombstonesAllowed,
  classificationRemoved,
  partitionKeyChanged,
  partitionKeyTypeChanged,
  bucketsChanged,
  partitionCountChanged,
  orderingWeakened,
  eventAttributeMoved,
  retentionShortened,
  cleanupChanged,
  maxMessageLowered,
  rolloutShortened,
  replicationLowered,
  acksWeakened,
  outboxRemoved,
  producerRemoved,
  producerHandWritten,
  consumerRemoved,
  groupRenamed,
  lostOffsetHidden,
  replayWindowShortened,
  readsUnsatisfied,
  deliveryWeakened,
  idempotencyKeyChanged,
  idempotencyWindowShortened,
  retryBudgetCut,
  handlerTimeoutShortened,
  deadLetterOwnerChanged,
  deadLetterTopicChanged,
  deadLetterLoosened,
  backpressureMadeLossy,
  backpressureTightened,
  freshnessLoosened,
  ownerChanged,
  stakesLowered,
  trafficRaised,
];

/** Judged last, by what the other rules and the payload comparison left standing. */
export const versionRules: readonly PromiseRule[] = [versionNotBumped, versionBumpTooSmall];
