import type { Emitter } from './emitter.ts';
import { sdk } from './sdk/sdk.emitter.ts';

/** Every output of `tenet generate`, in the order in which they are made. */
export const emitters: readonly Emitter[] = [sdk];
