/** Where the time between a record's arrival and its handler went. */
import type { Entry } from './entry.ts';
import type { Instruments } from './instruments.ts';

/** The handler takes the record now. Told once for each, whatever attempts follow. */
export function tellWaits(entry: Entry, instruments: ReturnType<Instruments['of']>, now: number): void {
  const { arrivedAt } = entry;
  if (arrivedAt === undefined) return;
  entry.arrivedAt = undefined;
  const headAt = entry.headAt ?? arrivedAt;
  instruments.keyWaitSeconds.record((headAt - arrivedAt) / 1000);
  instruments.dwellSeconds.record((now - headAt) / 1000);
}
