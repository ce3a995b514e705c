import type { Contract } from '../model/contract.ts';
import { lengthOf, longestRetention, printDuration } from './quantities.ts';

/**
 * How long after a version was replaced its events can still be met: each part of the way that an event may go, with the
 * longest that any version on that way allowed. Milliseconds.
 */
export interface Window {
  readonly retention: number;
  readonly segment: number;
  readonly park: number;
  readonly deadLetters: number;
  readonly replay: number;
  readonly outbox: number;
  readonly rollout: number;
}

const day = 86_400_000;

/** How long an event may wait in an outbox while the broker is away. Contracts do not say: a day pages somebody. */
const outboxAge = day;

/** The window as one version would have it. */
export function windowOf(contract: Contract): Window {
  const { consumers, producers, rollout } = contract;
  const deadLetters = consumers.map(({ deadLetter }) => (deadLetter ? lengthOf(deadLetter.retention) : 0));
  const parked = consumers.map(({ deadLetter }) => (deadLetter?.after === 'wait' ? lengthOf(deadLetter.retention) : 0));
  return {
    retention: keepsLatest(contract) ? Number.POSITIVE_INFINITY : lengthOf(longestRetention(contract)),
    // Kafka deletes whole segments; those of our topics are closed after a day.
    segment: day,
    // What waits behind a dead letter waits as long as that is kept, and may be dead-lettered then.
    park: Math.max(0, ...parked),
    deadLetters: Math.max(0, ...deadLetters),
    replay: Math.max(0, ...consumers.map(({ replayWindow }) => lengthOf(replayWindow))),
    outbox: producers.some(({ outbox }) => outbox) ? outboxAge : 0,
    rollout: rollout.ms,
  };
}

/**
 * The last event of a key is never deleted. `compact,delete` does not bound it either: cleaning joins small segments,
 * and a joined one is as young as the newest event in it.
 */
function keepsLatest({ topic }: Contract): boolean {
  return topic.cleanup !== 'delete';
}

/** The window of both: an event may be published under one version, kept under another and replayed under a third. */
export function widest(one: Window, other: Window): Window {
  return {
    retention: Math.max(one.retention, other.retention),
    segment: Math.max(one.segment, other.segment),
    park: Math.max(one.park, other.park),
    deadLetters: Math.max(one.deadLetters, other.deadLetters),
    replay: Math.max(one.replay, other.replay),
    outbox: Math.max(one.outbox, other.outbox),
    rollout: Math.max(one.rollout, other.rollout),
  };
}

/** Events of a version may still be met so long after it was replaced; infinite where they are kept for ever. */
export function lengthOfWindow(window: Window): number {
  return inTopic(window) + window.park + window.deadLetters + window.replay;
}

/** They may still be in the topic itself so long after it. */
export function inTopic({ retention, segment, outbox, rollout }: Window): number {
  return retention + segment + outbox + rollout;
}

const names: Readonly<Record<keyof Window, string>> = {
  retention: 'retention',
  segment: 'segment',
  park: 'parked',
  deadLetters: 'dead letters',
  replay: 'replay',
  outbox: 'outbox',
  rollout: 'rollout',
};

/** `43d (retention 7d + segment 1d + dead letters 21d + replay 7d + rollout 7d)`, or `ever`. */
export function sayWindow(window: Window): string {
  const length = lengthOfWindow(window);
  if (!Number.isFinite(length)) return 'ever';
  const parts = (Object.keys(names) as (keyof Window)[])
    .filter((part) => window[part] > 0)
    .map((part) => `${names[part]} ${printDuration(window[part])}`);
  return `${printDuration(length)} (${parts.join(' + ')})`;
}
