/** Handlers that run: for one record or for one batch each, under one deadline. Nobody can end them but they themselves. */
import type { Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import { TenetError } from '../errors.ts';
import type { IncidentCode } from '../incident.ts';
import type { Attempts, BatchVerdict, Outcome } from './attempts.ts';
import { Deadlines } from './deadlines.ts';
import type { Batch, Entry } from './entry.ts';
import type { Instruments } from './instruments.ts';
import { WedgeWatch } from './wedge-watch.ts';

export interface HandlerRunsOptions {
  readonly consumer: ConsumerContract;
  readonly attempts: Attempts;
  readonly instruments: Instruments;
  readonly clock: Clock;
  /** How long after its deadline a handler counts as wedged. */
  readonly wedgedAfterMs: number;
  /** Whether the record of a batch may start now. */
  wanted(entry: Entry): boolean;
  /** An attempt at the record begins. */
  begun(entry: Entry, now: number): void;
  ended(entry: Entry, outcome: Outcome): void;
  batchEnded(entries: readonly Entry[], outcome: BatchVerdict): void;
  /** The handler of the record, or of the batch that begins with it, still runs so long after its deadline. */
  wedged(first: Entry): void;
  incident(code: IncidentCode, message: string, entry: Entry, cause?: unknown): void;
}

export class HandlerRuns {
  readonly #options: HandlerRunsOptions;
  readonly #deadlines: Deadlines<Entry>;
  readonly wedges: WedgeWatch<Entry>;
  #size = 0;

  constructor(options: HandlerRunsOptions) {
    this.#options = options;
    const { clock, consumer, wedgedAfterMs, wedged } = options;
    this.#deadlines = new Deadlines(clock, consumer.timeoutMs, (entry) => this.#late(entry));
    this.wedges = new WedgeWatch(clock, wedgedAfterMs, wedged);
  }

  /** Of whatever epoch. */
  get size(): number {
    return this.#size;
  }

  /** None runs but wedged ones, which nobody waits for. */
  get isIdle(): boolean {
    return this.#size === this.wedges.size;
  }

  async run(entry: Entry): Promise<void> {
    const { attempts, clock, begun, ended } = this.#options;
    const now = clock.monotonic();
    this.#size += 1;
    begun(entry, now);
    this.#deadlines.add(entry);
    const outcome = await attempts.run(entry);
    this.#over(entry, now);
    ended(entry, outcome);
  }

  /** One deadline, one call of the handler; what becomes of each record is its own affair. */
  async runBatch(batch: Batch): Promise<void> {
    const { attempts, clock, wanted, begun, batchEnded } = this.#options;
    const entries = batch.entries.filter(wanted);
    const [first] = entries;
    if (first === undefined || attempts.runBatch === undefined) return;
    const now = clock.monotonic();
    this.#size += 1;
    for (const entry of entries) begun(entry, now);
    this.#deadlines.add(first);
    const outcome = await attempts.runBatch(entries);
    this.#over(first, now);
    batchEnded(entries, outcome);
  }

  close(): void {
    this.#deadlines.close();
    this.wedges.close();
  }

  #over(first: Entry, begunAt: number): void {
    const { instruments, clock } = this.#options;
    this.#deadlines.remove(first);
    this.wedges.ended(first);
    instruments.of(first.type).handlerSeconds.record((clock.monotonic() - begunAt) / 1000);
    first.context = undefined;
    this.#size -= 1;
  }

  #late(first: Entry): void {
    const { consumer, incident, instruments } = this.#options;
    instruments.of(first.type).handlerTimeouts.add(1);
    const text = `the handler runs longer than ${consumer.timeoutMs} ms; its key waits until it ends`;
    first.context?.abort(new TenetError('handler-timeout', text, { contract: consumer.event.name, retryable: true }));
    incident('handler-timeout', text, first);
    this.wedges.late(first);
  }
}
