/** What becomes of a record when it arrives, before anything of it starts. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { CommitFirst } from './at-most-once.ts';
import type { Dispatcher } from './dispatcher.ts';
import { Entry, type Share } from './entry.ts';
import type { LoadShedder } from './load-shedder.ts';
import type { Parking } from './parking.ts';

export interface IntakeOptions {
  readonly dispatcher: Dispatcher;
  readonly parking: Parking | undefined;
  readonly shedder: LoadShedder | undefined;
  readonly commitFirst: CommitFirst | undefined;
  keyOf(record: BrokerRecord): string | undefined;
}

export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Records of one fetch, in offset order; after the last of them the dispatcher wants to be pumped. */
  take(share: Share, records: readonly BrokerRecord[]): void {
    for (const record of records) {
      const entry = new Entry(record, share);
      if (share.ledger.add(entry)) this.#take(entry);
      // The record may have told that the topic was made anew.
      if (!share.live) return;
    }
  }

  #take(entry: Entry): void {
    const { dispatcher, parking, shedder, commitFirst, keyOf } = this.#options;
    const { share, record } = entry;
    if (share.remembered.has(entry.offset)) {
      share.ledger.pass(entry);
      entry.letGo();
      return;
    }
    // What has a row was passed once: no policy may give it up any more.
    if (parking?.recognises(entry) === true) return;
    // Declared as lost; it passes when that is written.
    if (shedder?.refuses(entry) === true) return;
    if (commitFirst !== undefined) {
      dispatcher.count(entry);
      commitFirst.add(entry);
      return;
    }
    const key = keyOf(record);
    entry.deaths = share.watch.deathsOf(entry.offset);
    if (parking?.takes(entry, key) !== true) dispatcher.add(entry, key);
  }
}
