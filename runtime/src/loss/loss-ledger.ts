/** Writes the loss ledger of one consumer. Whoever calls repeats what was not acknowledged: nothing is given up here. */
import type { BrokerAdmin } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import type { RecordSender } from '../retry/record-sender.ts';
import { encodeLossRecord, type LossLedgerNames, type LossRecord } from './loss-record.ts';

export interface LossLedgerOptions extends LossLedgerNames {
  /** Of the ledger itself. */
  readonly ledger: string;
  readonly admin: BrokerAdmin;
  readonly sender: RecordSender;
  readonly clock: Clock;
}

export class LossLedger {
  readonly #options: LossLedgerOptions;

  constructor(options: LossLedgerOptions) {
    this.#options = options;
  }

  /** The next offset of each of its partitions. */
  async ends(): Promise<ReadonlyMap<number, bigint>> {
    const bounds = await this.#options.admin.offsets(this.#options.ledger);
    return new Map(bounds.map(({ partition, end }) => [partition, end]));
  }

  /** Resolves when every in-sync replica has it; else rejects, and it may stand in the ledger all the same. */
  async write(record: LossRecord): Promise<void> {
    const { ledger, sender, clock } = this.#options;
    const value = encodeLossRecord(record, this.#options, clock.now());
    await sender.send({ topic: ledger, partition: record.partition, key: null, value, headers: [] });
  }
}
