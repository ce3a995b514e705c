/** Parking, its traffic and its watch, put together for one consumer. */
import type { ConsumerContract } from '../contract.ts';
import type { Share } from './entry.ts';
import { LineTraffic, type LineTrafficOptions } from './line-traffic.ts';
import { LineWatch, type LineWatchOptions } from './line-watch.ts';
import type { ConsumerOptions } from './options.ts';
import { Parking, type ParkingOptions } from './parking.ts';

export interface ParkingHooks
  extends Pick<LineTrafficOptions, 'fenced' | 'incident'>,
    Pick<LineWatchOptions, 'shares' | 'discarded'>,
    Pick<ParkingOptions, 'keyOf' | 'dispatcher' | 'crowded' | 'mismatch'> {
  /** Fewer keys of the partition have rows, perhaps. */
  changed(share: Share): void;
}

/** `undefined` where nothing can be parked. */
export function openParking(
  options: ConsumerOptions & { readonly contract: ConsumerContract },
  hooks: ParkingHooks,
): Parking | undefined {
  const { contract, line, timing } = options;
  if (line === undefined) return undefined;
  const all = { ...options, ...hooks, line, group: contract.group };
  const traffic = new LineTraffic({ ...all, parked: () => watch.arm() });
  const watch = new LineWatch({
    ...all,
    everyMs: timing.watchEveryMs,
    decided: (share) => {
      traffic.pump(share);
      hooks.changed(share);
    },
  });
  return new Parking({ ...all, traffic, watch });
}
