/** What `createRuntime` takes as its store: one connection that offers the inbox and, where it can, the line. */
import type { Inbox } from './inbox/inbox.ts';
import type { Line } from './line/line.ts';

export interface Store<Tx = unknown> extends Inbox<Tx> {
  /** Absent: nothing can be parked here, and `after: wait` is refused. */
  readonly line?: Line | undefined;
}

/** A store that parks. Its `line` is also what people and their tools list, replay and discard dead letters with. */
export interface ParkingStore<Tx = unknown> extends Store<Tx> {
  readonly line: Line;
}
