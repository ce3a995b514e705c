/**
 * What a consumer loses, on its way into the account: a loss is declared in the ledger, and only when the ledger has
 * acknowledged it does the frontier pass it (I1). While the ledger is away nothing is lost and the partition waits.
 * Consumers whose policy loses nothing keep no ledger; what retention takes from them is counted and said.
 */
import { type Clock, sleep } from '../clock.ts';
import type { IncidentCode } from '../incident.ts';
import type { LossLedger } from '../loss/loss-ledger.ts';
import type { LossCause, LossEpoch } from '../loss/loss-record.ts';
import { united } from '../loss/offset-ranges.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';
import { Entry, type Share } from './entry.ts';
import type { Instruments } from './instruments.ts';
import type { OffsetGap } from './offset-gap.ts';
import type { Position } from './positions.ts';

export interface LossesOptions {
  readonly topic: string;
  readonly ledger: LossLedger | undefined;
  readonly instruments: Instruments;
  readonly clock: Clock;
  readonly random: () => number;
  /** Lost records are passed: the frontier may have moved. */
  passed(share: Share): void;
  incident(code: IncidentCode, message: string, place: Entry, cause?: unknown): void;
}

interface Declared {
  /** Of the first offset. */
  readonly entry: Entry;
  readonly to: bigint;
  readonly cause: LossCause;
}

/** Losses of one record in the ledger, which must fit into what every topic takes. */
const largestRecord = 5000;

export class Losses {
  readonly #options: LossesOptions;
  /** What is declared and not acknowledged, in the order of the decisions. */
  readonly #declared = new Map<Share, Declared[]>();

  constructor(options: LossesOptions) {
    this.#options = options;
  }

  /**
   * Says in the ledger where the new owner goes on. The end of the ledger is read first and the group confirms the owner
   * after that: a member that was thrown out meanwhile cannot end the epoch of its successor. Rejects while ledger or
   * group do not answer; then nothing may be taken over.
   */
  async takeOver(
    shares: readonly Share[],
    positions: ReadonlyMap<number, Position>,
    confirm: () => Promise<void> | undefined,
  ): Promise<void> {
    const { ledger } = this.#options;
    if (ledger === undefined) return;
    const ends = await ledger.ends();
    await confirm();
    await Promise.all(
      shares.map(async (share) => {
        const position = positions.get(share.partition);
        const ledgerEnd = ends.get(share.partition);
        if (!share.live || position === undefined || 'lost' in position) return;
        if (ledgerEnd === undefined) throw new Error(`the loss ledger has no partition ${share.partition}`);
        const { start, committed = start, said } = position;
        const epoch = { ledgerEnd, generation: share.generation };
        const frontier = committed < start ? committed : start;
        const passed = united((said?.completed ?? []).map(({ from, end }) => ({ from, to: end - 1n })));
        await ledger.write({ kind: 'take-over', partition: share.partition, epoch, frontier, passed });
        share.lossEpoch = epoch;
      }),
    );
  }

  /** The record is in the share's ledger and in nobody's hands. */
  drop(entry: Entry, cause: LossCause): void {
    this.#declare({ entry, to: entry.offset, cause });
  }

  /** The log holds nothing of these offsets, or they are skipped; the share's ledger has come to the first of them. */
  expire(share: Share, gaps: readonly OffsetGap[]): void {
    const { topic, clock, incident, instruments, ledger } = this.#options;
    for (const { from, to, cause } of gaps) {
      const timestamp = clock.now();
      const place = { topic, partition: share.partition, offset: from, timestamp, key: null, value: null, headers: [] };
      const entry = new Entry(place, share);
      const what = cause === 'retention' ? 'were taken by retention before they were read' : 'were skipped';
      const next = `reading goes on at offset ${to + 1n}`;
      incident('offset-lost', `${to - from + 1n} records from offset ${from} on ${what}; ${next}`, entry);
      if (ledger === undefined) {
        instruments.lost(cause)?.add(Number(to - from + 1n));
      } else {
        share.ledger.add(entry);
        this.#declare({ entry, to, cause });
      }
      share.ledger.advance(to + 1n);
    }
  }

  #declare(loss: Declared): void {
    const { share } = loss.entry;
    share.losing += 1;
    const declared = this.#declared.get(share);
    if (declared !== undefined) {
      declared.push(loss);
      return;
    }
    const first = [loss];
    this.#declared.set(share, first);
    this.#write(share, first);
  }

  async #write(share: Share, declared: Declared[]): Promise<void> {
    // What is decided in one go stands in one record.
    await Promise.resolve();
    let failures = 0;
    while (share.live && share.lossEpoch !== undefined && declared.length > 0) {
      const batch = firstOfOneCause(declared);
      try {
        await this.#record(share, share.lossEpoch, batch);
        failures = 0;
      } catch (error) {
        failures += 1;
        await this.#outage(batch, failures, error);
        continue;
      }
      if (!share.live) break;
      declared.splice(0, batch.length);
      for (const loss of batch) this.#pass(loss);
    }
    this.#declared.delete(share);
  }

  async #record(share: Share, epoch: LossEpoch, batch: readonly Declared[]): Promise<void> {
    const cause = batch[0]?.cause;
    if (cause === undefined) return;
    const offsets = united(batch.map(({ entry, to }) => ({ from: entry.offset, to })));
    await this.#options.ledger?.write({ kind: 'loss', partition: share.partition, epoch, cause, offsets });
  }

  async #outage([first]: readonly Declared[], failures: number, error: unknown): Promise<void> {
    const { instruments, incident, clock, random } = this.#options;
    instruments.lossLedgerFailures.add(1);
    const message = 'the loss ledger did not acknowledge what is dropped; it is not passed, and the partition waits';
    if (failures === 1 && first !== undefined) incident('loss-ledger-unavailable', message, first.entry, error);
    await sleep(clock, backoffMs(outageBackoff, failures, random));
  }

  #pass({ entry, to, cause }: Declared): void {
    const { share } = entry;
    share.losing -= 1;
    this.#options.instruments.lost(cause)?.add(Number(to - entry.offset + 1n));
    share.ledger.pass(entry);
    this.#options.passed(share);
    entry.letGo();
  }
}

function firstOfOneCause(declared: readonly Declared[]): readonly Declared[] {
  const cause = declared[0]?.cause;
  let size = 1;
  while (size < largestRecord && declared[size]?.cause === cause && size < declared.length) size += 1;
  return declared.slice(0, size);
}
