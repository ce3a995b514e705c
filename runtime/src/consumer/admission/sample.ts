/**
 * Keeps one record in N of each key, at all times: a share of the load that depends on the load would make results that
 * nobody can weigh. Whether a record is kept follows from its key and offset alone, so that a crash, a rebalance and a
 * replay decide alike.
 */
import { murmur2 } from '../../envelope/murmur2.ts';
import type { Admission } from './admission.ts';

export function sample(keepOneIn: number): Admission {
  return {
    policy: 'sample',
    refuses: ({ key, offset }) => mixed(key === null ? 0 : murmur2(key), offset) % keepOneIn !== 0,
    repeatable: true,
  };
}

// The offsets of one key may follow a pattern, and its hash has already chosen the partition: every bit of both must
// count. The finisher of MurmurHash3.
function mixed(keyHash: number, offset: bigint): number {
  let h = keyHash ^ Math.imul(Number(BigInt.asIntN(32, offset)), 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
