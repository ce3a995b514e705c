/** Where there is no line: a partition that is paused behind a failing key says so, once. */
import type { IncidentCode } from '../incident.ts';
import type { Entry, Share } from './entry.ts';
import { isFailing, type LaneEvents } from './lane-events.ts';

export type Say = (code: IncidentCode, message: string, entry: Entry) => void;

export class Unparked implements LaneEvents {
  readonly #say: Say;
  readonly #said = new WeakSet<Share>();

  constructor(say: Say) {
    this.#say = say;
  }

  overflow(share: Share): void {
    for (const head of share.lanes.heads()) if (head.share === share && isFailing(head)) this.failing(head);
  }

  failing(entry: Entry): void {
    const { share } = entry;
    if (!share.paused || this.#said.has(share)) return;
    this.#said.add(share);
    const message = 'more waits behind it than maxWaiting, and no store can park it: the partition is paused';
    this.#say('park-unavailable', message, entry);
  }

  dies(): void {}

  ended(): void {}
}
