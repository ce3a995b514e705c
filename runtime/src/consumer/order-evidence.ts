/**
 * What the records themselves say about order and keys: numbers that are missing or came late, and a key that has most
 * of the traffic. A key never labels a metric; an incident names it, unless a field of it is classified.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import { classifiedAs } from '../envelope/violation-text.ts';
import type { IncidentCode } from '../incident.ts';
import type { Entry } from './entry.ts';
import { HotKeys } from './hot-keys.ts';
import type { Instruments } from './instruments.ts';
import { laneKeys } from './lane-keys.ts';
import { Sequences } from './sequences.ts';

export interface OrderEvidenceOptions {
  readonly contracts: readonly ConsumerContract[];
  /** Other events travel in the topic: a number that is missing may be theirs. */
  readonly stream: boolean;
  readonly instruments: Instruments;
  readonly clock: Clock;
  incident(code: IncidentCode, message: string): void;
}

/** More than this share of the records is worth an incident, less than the other one ends it. */
const hot = 0.5;
const cool = 0.25;
const longestKey = 100;

const keyOf = laneKeys('per-key');

export class OrderEvidence {
  readonly #options: OrderEvidenceOptions;
  readonly #perKey: boolean;
  readonly #hotKeys: HotKeys | undefined;
  readonly #classified: boolean;
  #told: string | undefined = undefined;

  constructor(options: OrderEvidenceOptions) {
    this.#options = options;
    const events = options.contracts.map(({ event }) => event);
    this.#perKey = events.every(({ ordering }) => ordering === 'per-key');
    this.#hotKeys = this.#perKey ? new HotKeys() : undefined;
    this.#classified = events.some(({ classification, key }) =>
      (key?.fields ?? ['']).some((field) => classifiedAs(classification, field) !== undefined),
    );
  }

  /** `key`: of its lane. */
  arrived(key: string | undefined): void {
    if (key !== undefined) this.#hotKeys?.add(key);
  }

  /** Still in its lane. */
  passed({ record, share, sequence, type, lane }: Entry): void {
    if (sequence === undefined) return;
    const key = (this.#perKey ? lane?.key : undefined) ?? keyOf(record);
    if (key === undefined) return;
    const sequences = share.sequences[type] ?? new Sequences();
    share.sequences[type] = sequences;
    const { missing, late } = sequences.see(key, sequence);
    const instruments = this.#options.instruments.of(type);
    if (missing > 0 && !this.#options.stream) instruments.sequenceGaps.add(missing);
    if (late) instruments.outOfOrder.add(1);
  }

  /** Every second. */
  sample(): void {
    const { instruments, clock } = this.#options;
    const hottest = this.#hotKeys?.hottest(clock.monotonic());
    const share = hottest?.share ?? 0;
    instruments.hottestKeyShare.set(share);
    if (share < cool) this.#told = undefined;
    if (hottest === undefined || share < hot || hottest.key === this.#told) return;
    this.#told = hottest.key;
    const text = `${this.#name(hottest.key)} has ${Math.round(share * 100)} % of the records; they are handled one after another`;
    this.#options.incident('hot-key', text);
  }

  #name(key: string): string {
    const bytes = Buffer.from(key, 'latin1');
    if (!this.#classified) {
      const text = bytes.toString();
      return `the key ${JSON.stringify(text.length > longestKey ? `${text.slice(0, longestKey)}…` : text)}`;
    }
    return `the key whose SHA-256 begins with ${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
  }
}
