/** The fixed name of a member in its groups (`group.instance.id`). */
import { BrokerError } from '../broker.ts';
import { errorType } from '../kafka/errors.ts';

export class StaticName {
  readonly id: string;
  /** Groups in which another process has it by now. Two that took it from each other would never come to rest. */
  readonly #taken = new Set<string>();

  constructor(id: string) {
    this.id = id;
  }

  mustBeOurs(group: string): void {
    if (!this.#taken.has(group)) return;
    throw new BrokerError('refused', `another process is ${this.id} in the group ${group}; this one stands aside`);
  }

  /** Remembers from the answer that the name was taken. */
  async watch<T>(group: string, request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      if (errorType(error) === 'FENCED_INSTANCE_ID') this.#taken.add(group);
      throw error;
    }
  }
}
