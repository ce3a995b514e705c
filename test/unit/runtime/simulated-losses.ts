/** What the policy of a random history may give up, what its loss ledger says that it did, and whether both agree. */
import type { ConsumerContract } from '@tenet/runtime';
import type { MemoryCluster } from '@tenet/runtime/memory';
import type { BrokerRecord } from '../../../runtime/src/broker/broker.ts';
import type { Clock } from '../../../runtime/src/clock.ts';
import { sample } from '../../../runtime/src/consumer/admission/sample.ts';
import { Share } from '../../../runtime/src/consumer/entry.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { lossAccount } from '../../../runtime/src/loss/loss-account.ts';
import { type LossRecord, parseLossRecord } from '../../../runtime/src/loss/loss-record.ts';
import { countOf, type OffsetRange, united } from '../../../runtime/src/loss/offset-ranges.ts';
import { group, topic } from './support.ts';

type Backpressure = ConsumerContract['backpressure'];
type Policy = Pick<Backpressure, 'policy' | 'maxAgeMs' | 'maxLag' | 'keepOneIn' | 'approvedBy'>;

export const ledger = `${group}.loss`;
const approvedBy = 'analytics';

export const lossless: Policy = { policy: 'block' };

/** `block` and `drop-newest` twice: the one is what most have, the other is the hardest. */
export const policies: readonly Policy[] = [
  lossless,
  lossless,
  { policy: 'drop-newest', approvedBy },
  { policy: 'drop-newest', approvedBy },
  { policy: 'drop-oldest', approvedBy, maxAgeMs: 1500 },
  { policy: 'drop-oldest', approvedBy, maxLag: 6 },
  { policy: 'drop-oldest', approvedBy, maxAgeMs: 4000, maxLag: 15 },
  { policy: 'sample', approvedBy, keepOneIn: 3 },
];

export function placeOf({ partition, offset }: { readonly partition: number; readonly offset: bigint }): string {
  return `${partition}:${offset}`;
}

const forever = 2n ** 62n;

export class SimulatedLosses {
  readonly policy: Policy;
  readonly #cluster: MemoryCluster;
  readonly #clock: Clock;
  /** By partition: what the ledger holds, and its account so far. */
  readonly #ledgers = new Map<number, { read: LossRecord[]; lost: readonly OffsetRange[] }>();
  /** By partition: what retention has taken. */
  readonly #deletedBelow = new Map<number, bigint>();
  /** By partition: the first record that is the group's. */
  readonly #begunAt = new Map<number, bigint>();
  /** By place: how much the ledger held when an owner last started it. */
  readonly #started = new Map<string, number>();

  constructor(policy: Policy, cluster: MemoryCluster, clock: Clock) {
    this.policy = policy;
    this.#cluster = cluster;
    this.#clock = clock;
  }

  get lossy(): boolean {
    return this.policy.policy !== 'block';
  }

  settings(maxInFlight: number, maxWaiting: number): Pick<ConsumerContract, 'backpressure' | 'onOffsetLost'> {
    const onOffsetLost = this.lossy ? 'earliest' : 'fail';
    return { backpressure: { ...this.policy, maxInFlight, maxWaiting }, onOffsetLost };
  }

  /** Retention takes all but the last `kept` offsets; answers what it did. */
  delete(partition: number, kept: number): string {
    const offset = (this.#cluster.ends(topic)[partition] ?? 0n) - BigInt(kept);
    if (offset <= (this.#deletedBelow.get(partition) ?? 0n)) return 'retention takes nothing';
    this.#deletedBelow.set(partition, offset);
    this.#cluster.deleteBefore(topic, partition, offset);
    // A group that has committed nothing has not begun: what is gone then was never its own.
    if (this.#cluster.committed(group, topic, partition).offset === undefined) this.#begunAt.set(partition, offset);
    return `retention takes ${partition} below ${offset}`;
  }

  /** A record of the lane that some owner has started, although it comes behind one that none ever has. */
  overtaking(lane: readonly BrokerRecord[], place: string): BrokerRecord | undefined {
    if (this.#started.has(place)) return undefined;
    const from = lane.findIndex((record) => placeOf(record) === place);
    return lane.find((record, i) => i > from && this.#started.has(placeOf(record)));
  }

  started(partition: number, place: string): void {
    this.#started.set(place, this.#ledger(partition).read.length);
  }

  /** The ledger has it as lost, as things stand; or it was gone before the group began. */
  lost({ partition, offset }: BrokerRecord): boolean {
    if (offset < (this.#begunAt.get(partition) ?? 0n)) return true;
    return this.#ledger(partition).lost.some(({ from, to }) => from <= offset && offset <= to);
  }

  /** Every owner would give it up from now on, so that its successors need not wait for the ledger. */
  givenUp(record: BrokerRecord): boolean {
    const { policy, maxAgeMs, maxLag } = this.policy;
    if (record.offset < (this.#deletedBelow.get(record.partition) ?? 0n) || this.#outOfSample(record)) return true;
    if (policy !== 'drop-oldest') return false;
    if (maxAgeMs !== undefined && this.#clock.now() - record.timestamp > maxAgeMs) return true;
    const end = this.#cluster.ends(topic)[record.partition] ?? 0n;
    return maxLag !== undefined && end - record.offset > BigInt(maxLag);
  }

  #outOfSample(record: BrokerRecord): boolean {
    const { policy, keepOneIn = 1 } = this.policy;
    return policy === 'sample' && sample(keepOneIn).refuses(record, new Share(0, 0, new Lanes()));
  }

  /** I6, at the end; answers what breaks it. */
  closing(published: readonly BrokerRecord[]): string | undefined {
    for (const record of published) {
      const { partition, offset } = record;
      const place = placeOf(record);
      const startedAt = this.#started.get(place);
      if (!this.lost(record)) {
        if (this.#outOfSample(record)) return `I6 account: ${place} is not in the sample and not in the ledger`;
        continue;
      }
      if (offset < (this.#begunAt.get(partition) ?? 0n)) continue;
      if (!this.lossy) return `I6 account: ${place} is lost, and no policy says so`;
      const declared = this.#ledger(partition).read.findLastIndex(
        (one) => one.kind === 'loss' && one.offsets.some(({ from, to }) => from <= offset && offset <= to),
      );
      if (startedAt !== undefined && startedAt > declared) {
        return `I6 account: ${place} is lost by the ledger, and an owner started it after that`;
      }
    }
    return undefined;
  }

  #ledger(partition: number): { readonly read: readonly LossRecord[]; readonly lost: readonly OffsetRange[] } {
    const known = this.#ledgers.get(partition) ?? { read: [], lost: [] };
    this.#ledgers.set(partition, known);
    if (BigInt(known.read.length) === (this.#cluster.ends(ledger)[partition] ?? 0n)) return known;
    known.read = this.#cluster
      .records(ledger)
      .filter((record) => record.partition === partition)
      .flatMap(({ value }) => parseLossRecord(value) ?? []);
    const account = [...lossAccount(known.read, forever).values()];
    known.lost = account.flat();
    if (countOf(united(known.lost)) !== account.reduce((sum, ranges) => sum + countOf(ranges), 0n)) {
      throw new Error('I6 account: an offset is lost twice');
    }
    return known;
  }
}
