import type { Consumer, Contract } from '../model/contract.ts';
import { lengthOf, longestRetention, printDuration, textOf } from './quantities.ts';

export interface ComeBack {
  readonly ms: number;
  /** `21d`, or `ever` */
  readonly total: string;
  /** `21d (retention 7d + replay 7d + rollout 7d)` */
  readonly text: string;
}

/**
 * How long after its first delivery an event can reach a consumer again: from the topic, a replay and a service of an
 * older version together, or out of the dead letter, whichever is longer.
 */
export function mayComeBackFor(contract: Contract, consumer: Consumer): ComeBack {
  const retention = longestRetention(contract);
  const { replayWindow } = consumer;
  const { rollout } = contract;
  const fromTopic = lengthOf(retention) + lengthOf(replayWindow) + rollout.ms;
  const kept = consumer.deadLetter?.retention;
  const fromDeadLetter = kept === undefined ? 0 : lengthOf(kept);
  if (fromDeadLetter > fromTopic) {
    const total = inWords(fromDeadLetter);
    return { ms: fromDeadLetter, total, text: `${total} (dead letters are kept that long)` };
  }
  const parts = `retention ${textOf(retention)} + replay ${textOf(replayWindow)} + rollout ${rollout.text}`;
  const total = inWords(fromTopic);
  return { ms: fromTopic, total, text: `${total} (${parts})` };
}

function inWords(ms: number): string {
  return Number.isFinite(ms) ? printDuration(ms) : 'ever';
}
