/** A sleep that can be cut short. */
export class Alarm {
  readonly #sleepers = new Set<() => void>();

  /** Resolves after `ms`, or when the alarm rings. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#sleepers.add(wake);
    });
  }

  /** Wakes whoever sleeps now. */
  ring(): void {
    for (const wake of [...this.#sleepers]) wake();
  }
}
