/**
 * How a member comes to read the partitions that the group has given it. The order of the steps is the protocol: epoch,
 * what the group committed, the log's bounds, the loss ledger, the line, our own first commit; only then is anything
 * read. In any other order a stale view starts a successor first. Repeated while the broker or the store is away.
 */
import { type Assignment, type Broker, type BrokerConsumer, BrokerError } from '../broker/broker.ts';
import { type Clock, sleep } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { IncidentCode } from '../incident.ts';
import { outageMs } from '../retry/backoff.ts';
import type { Store } from '../store.ts';
import type { Share } from './entry.ts';
import { raiseEpochs } from './epochs.ts';
import type { Losses } from './losses.ts';
import type { Parking } from './parking.ts';
import { ownersGone, type Position, readPositions, type Start } from './positions.ts';

export interface TakeOverOptions {
  readonly contract: ConsumerContract;
  readonly topic: string;
  readonly clientId: string;
  readonly broker: Broker;
  readonly store: Store | undefined;
  readonly losses: Losses;
  /** Where there is a line. */
  readonly parking: Parking | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  consumer(): BrokerConsumer | undefined;
  /** Writes down whose the partitions are and where they are read from. */
  claim(consumer: BrokerConsumer, shares: readonly Share[]): Promise<void>;
  /** Records may come. */
  open(share: Share, start: Start): void;
  standStill(share: Share, code: IncidentCode, why: string): void;
  incident(code: IncidentCode, message: string, partition: number | undefined, cause?: unknown): void;
}

export class TakeOver {
  readonly #options: TakeOverOptions;

  constructor(options: TakeOverOptions) {
    this.#options = options;
  }

  /** Resolves when every share is open, stands still or is not ours any more. */
  async run(shares: readonly Share[], assignment: Assignment): Promise<void> {
    const { clock, random, consumer: consumerNow, incident } = this.#options;
    let left = shares;
    for (let repeat = 1; ; repeat++) {
      left = left.filter((share) => share.live && !share.open && !share.stopped);
      const consumer = consumerNow();
      if (left.length === 0 || consumer === undefined) return;
      try {
        if (await this.#tryAll(consumer, left, assignment)) return;
      } catch (error) {
        const message = 'taking over partitions failed; it is repeated';
        // A group that shares out anew is no trouble: what stands then is told.
        const isOver = error instanceof BrokerError && error.reason === 'fenced';
        if (repeat === 1 && !isOver && left.some((share) => share.live))
          incident('broker-lost', message, undefined, error);
      }
      await sleep(clock, outageMs(repeat, random));
    }
  }

  /** Answers whether nothing is left to be tried again. */
  async #tryAll(consumer: BrokerConsumer, left: readonly Share[], assignment: Assignment): Promise<boolean> {
    const { contract, topic, clientId, broker, store, losses, parking, claim, open, incident } = this.#options;
    const raised = await raiseEpochs(left, {
      store,
      group: contract.group,
      topic,
      assignment,
      confirm: () => consumer.confirm(),
      incident: (code, message, cause) => incident(code, message, undefined, cause),
    });
    const positions = await readPositions(consumer, broker.admin(), {
      topic,
      partitions: raised.map((share) => share.partition),
      startFrom: contract.startFrom,
      onOffsetLost: contract.onOffsetLost,
      metadata: broker.features.commitMetadata,
    });
    const gone = await ownersGone(broker.admin(), contract.group, clientId, positions.values());
    await losses.takeOver(raised, positions, () => consumer.confirm());
    const found = this.#begin(raised, positions, gone);
    if (parking !== undefined) await Promise.all([...found].map(([share, { start }]) => parking.read(share, start)));
    const ours = [...found.keys()].filter((share) => share.live);
    await claim(consumer, ours);
    for (const [share, start] of found) if (share.live) open(share, start);
    return raised.length === left.length;
  }

  #begin(
    shares: readonly Share[],
    positions: ReadonlyMap<number, Position>,
    gone: ReadonlySet<string>,
  ): ReadonlyMap<Share, Start> {
    const { contract, standStill, incident } = this.#options;
    const found = new Map<Share, Start>();
    for (const share of shares) {
      const position = positions.get(share.partition);
      if (position === undefined || !share.live) continue;
      if ('lost' in position) {
        standStill(share, position.foreign ? 'foreign-offset' : 'offset-lost', position.lost);
        continue;
      }
      // With at-most-once nobody meets again what a process may have died of.
      const died = contract.delivery !== 'at-most-once' && position.said !== undefined && gone.has(position.said.owner);
      share.begin(position, died, contract.backpressure.maxInFlight);
      found.set(share, position);
      if (!share.watch.isSuspicious) continue;
      const text = 'its owners died in a row: records that may be the cause run one at a time';
      incident('crash-suspected', text, share.partition);
    }
    return found;
  }
}
