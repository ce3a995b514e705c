/**
 * What gives way when the broker is away (`onOverload`). `block`: the caller waits. `drop-newest`: while the broker is known
 * to be away, new events are dropped, and those that were taken before wait. `buffer`: the caller never waits; events are
 * held up to `bufferBytes`, and what does not fit is dropped. Drops are exact while the process lives; a kill takes what
 * was not acknowledged, and leaves a gap in the sequence that each producer counts in its headers.
 */
import type { ProducerPromises } from '../contract.ts';
import type { Counter, Gauge } from '../telemetry/telemetry.ts';

export interface Overload {
  /** `away`: the broker does not answer. `acknowledge` sends, and rejects with what the caller is to be told. */
  send(bytes: number, away: boolean, acknowledge: () => Promise<void>): Promise<void>;
}

export interface OverloadInstruments {
  readonly dropped: Counter;
  readonly bufferedBytes: Gauge;
}

export function compileOverload(
  { onOverload, bufferBytes = 0 }: Pick<ProducerPromises, 'onOverload' | 'bufferBytes'>,
  { dropped, bufferedBytes }: OverloadInstruments,
): Overload {
  switch (onOverload) {
    case 'block':
      return { send: (_bytes, _away, acknowledge) => acknowledge() };
    case 'drop-newest':
      return {
        async send(_bytes, away, acknowledge) {
          if (away) dropped.add(1);
          else await acknowledge();
        },
      };
    case 'buffer':
      return new Buffering(bufferBytes, dropped, bufferedBytes);
  }
}

class Buffering implements Overload {
  readonly #limit: number;
  readonly #dropped: Counter;
  readonly #bytes: Gauge;
  #held = 0;

  constructor(limit: number, dropped: Counter, bytes: Gauge) {
    this.#limit = limit;
    this.#dropped = dropped;
    this.#bytes = bytes;
  }

  async send(bytes: number, _away: boolean, acknowledge: () => Promise<void>): Promise<void> {
    if (this.#held + bytes > this.#limit) {
      this.#dropped.add(1);
      return;
    }
    this.#hold(bytes);
    // Whoever sent it has gone on; what became of it is in the metrics.
    acknowledge()
      .catch(() => undefined)
      .finally(() => this.#hold(-bytes));
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#bytes.set(this.#held);
  }
}
