/** Somebody who decides about dead letters in the line, past every member. */
import type { MemoryStore } from '@tenet/runtime/memory';

/** Replays or discards at most that many of the dead. */
export function decideSome(store: MemoryStore, most: number, random: () => number, say: (line: string) => void): void {
  const { line } = store.inbox();
  const dead = store.parked().filter(({ state }) => state === 'dead');
  for (let i = 0; i < most && dead.length > 0; i++) {
    const [place] = dead.splice(Math.floor(random() * dead.length), 1);
    if (place === undefined) return;
    const replays = random() < 0.6;
    say(`${replays ? 'replay' : 'discard'} ${place.partition}:${place.offset}`);
    if (replays) line.replay(place);
    else line.discard(place, { by: 'ann', reason: 'as the test wants it' });
  }
}
