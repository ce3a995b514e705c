/** A member of the simulated group, and a handler that runs in it. */
import type { MemoryTransaction } from '@tenet/runtime/memory';
import type { MemoryRuntime } from '@tenet/runtime/testing';

export interface Running {
  readonly member: Member;
  readonly place: string;
  /** The assignment under which it began still stands, and its member lives. */
  owned: boolean;
}

export interface Member {
  readonly name: string;
  readonly runtime: MemoryRuntime<string, MemoryTransaction>;
  /** What the group has given it, whether it was told or not. */
  owned: ReadonlySet<number>;
  generation: number;
  /** Frozen: what it is told waits here. */
  deaf: (() => void)[] | undefined;
  state: 'live' | 'stopping' | 'gone';
}

/** A frozen process hears it when it thaws. */
export function tellMember({ deaf }: Member, call: () => void): void {
  if (deaf === undefined) call();
  else deaf.push(call);
}
