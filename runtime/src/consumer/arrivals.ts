/** Records that were fetched, on their way into the dispatcher: counted, told apart, admitted or passed at once. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import type { CommitFirst } from './at-most-once.ts';
import type { Dispatcher } from './dispatcher.ts';
import { Entry, type Share } from './entry.ts';
import { foreign, type TypeOf } from './event-types.ts';
import type { Instruments } from './instruments.ts';
import type { LoadShedder } from './load-shedder.ts';
import type { OrderEvidence } from './order-evidence.ts';
import type { Parking } from './parking.ts';

export interface ArrivalsOptions {
  readonly typeOf: TypeOf;
  readonly clock: Clock;
  readonly instruments: Instruments;
  readonly dispatcher: Pick<Dispatcher, 'add'>;
  readonly evidence: Pick<OrderEvidence, 'arrived'>;
  /** With a policy that loses events. */
  readonly shedder: Pick<LoadShedder, 'refuses'> | undefined;
  /** Where there is a line. */
  readonly parking: Pick<Parking, 'recognises' | 'takes'> | undefined;
  /** With at-most-once. */
  readonly commitFirst: Pick<CommitFirst, 'add'> | undefined;
  keyOf(record: BrokerRecord): string | undefined;
}

export class Arrivals {
  readonly #options: ArrivalsOptions;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** Of one partition, in offset order. */
  add(share: Share, records: readonly BrokerRecord[]): void {
    const { typeOf, clock, instruments } = this.#options;
    const now = clock.now();
    const arrivedAt = clock.monotonic();
    for (const record of records) {
      const entry = new Entry(record, share, typeOf(record));
      entry.arrivedAt = arrivedAt;
      const { received, transitSeconds } = instruments.of(entry.type);
      received.add(1);
      transitSeconds.record(Math.max(0, now - record.timestamp) / 1000);
      if (share.ledger.add(entry)) this.#admit(entry);
      // The record may have told that the topic was made anew.
      if (!share.live) return;
    }
  }

  #admit(entry: Entry): void {
    const { record, share } = entry;
    const { instruments, parking, shedder, commitFirst, evidence, dispatcher, keyOf } = this.#options;
    if (share.remembered.has(record.offset)) {
      share.ledger.pass(entry);
      entry.letGo();
    } else if (parking?.recognises(entry) === true) {
      // What has a row was passed once: no policy may give it up any more.
    } else if (entry.type === foreign) {
      // Another consumer's event, in nobody's way.
      instruments.of(entry.type).skipped.add(1);
      share.ledger.pass(entry);
      entry.letGo();
    } else if (shedder?.refuses(entry) === true) {
      // Declared as lost; it passes when that is written.
    } else if (commitFirst === undefined) {
      const key = keyOf(record);
      evidence.arrived(key);
      entry.deaths = share.watch.deathsOf(record.offset);
      if (parking?.takes(entry, key) !== true) dispatcher.add(entry, key);
    } else {
      commitFirst.add(entry);
    }
  }
}
