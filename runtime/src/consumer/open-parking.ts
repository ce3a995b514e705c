/** Parking, its traffic and its watch, put together for one consumer. */
import type { Share } from './entry.ts';
import { LineTraffic, type LineTrafficOptions } from './line-traffic.ts';
import { LineWatch, type LineWatchOptions } from './line-watch.ts';
import { Parking, type ParkingOptions } from './parking.ts';

export interface OpenParkingOptions
  extends Omit<LineTrafficOptions, 'parked'>,
    Omit<LineWatchOptions, 'everyMs' | 'decided'>,
    Omit<ParkingOptions, 'traffic' | 'watch'> {
  readonly watchEveryMs: number;
  /** Fewer keys of the partition have rows, perhaps. */
  changed(share: Share): void;
}

export function openParking(options: OpenParkingOptions): Parking {
  const traffic = new LineTraffic({ ...options, parked: () => watch.arm() });
  const watch = new LineWatch({
    ...options,
    everyMs: options.watchEveryMs,
    decided: (share) => {
      traffic.pump(share);
      options.changed(share);
    },
  });
  return new Parking({ ...options, traffic, watch });
}
