/** Where there is no line: a partition that is paused behind a failing key says so, once. */
import type { IncidentCode } from '../incident.ts';
import type { Entry, Share } from './entry.ts';
import { isFailing, type LaneEvents } from './lane-events.ts';

export interface UnparkedOptions {
  /** What waits behind a failing key of the partition would have to leave the memory. */
  crowded(share: Share): boolean;
  say(code: IncidentCode, message: string, entry: Entry): void;
}

export class Unparked implements LaneEvents {
  readonly #options: UnparkedOptions;
  readonly #said = new WeakSet<Share>();

  constructor(options: UnparkedOptions) {
    this.#options = options;
  }

  overflow(share: Share): void {
    if (!this.#options.crowded(share)) return;
    for (const head of share.lanes.heads()) if (head.share === share && isFailing(head)) this.failing(head);
  }

  failing(entry: Entry): void {
    const { share } = entry;
    if (!this.#options.crowded(share) || this.#said.has(share)) return;
    this.#said.add(share);
    const message = 'more waits behind it than maxWaiting, and no store can park it: the partition is paused';
    this.#options.say('park-unavailable', message, entry);
  }

  dies(): void {}

  ended(): void {}
}
