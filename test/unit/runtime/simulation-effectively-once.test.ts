/** Random histories of a group; `npm run simulate -- --help` has many more, and repeats one by its seed. */
import { expectNoneBroken } from './simulation.ts';

expectNoneBroken('effectively-once');
