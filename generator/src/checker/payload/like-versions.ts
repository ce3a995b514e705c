import type { Contract } from '../../model/contract.ts';
import { samePayload } from '../effect.ts';
import { sameJson } from '../same-schema.ts';

/** Versions that a comparison cannot tell apart, in the order given; the last of them speaks for all. */
export type LikeVersions = readonly [Contract, ...Contract[]];

/** Groups in the order of their last members. */
export function likeVersions(versions: readonly Contract[], mayRun: (version: Contract) => boolean): LikeVersions[] {
  const groups: LikeVersions[] = [];
  for (const version of versions) {
    const at = groups.findIndex(
      ([first]) => samePayload(first, version, false) && sameJson(asked(first, mayRun), asked(version, mayRun)),
    );
    const [known] = at < 0 ? [] : groups.splice(at, 1);
    groups.push(known === undefined ? [version] : [...known, version]);
  }
  return groups;
}

/** What decides, beside the payload, which questions are asked and how the answer is shown. */
function asked(version: Contract, mayRun: (version: Contract) => boolean): unknown {
  const runs = mayRun(version);
  const readers = version.consumers.map(({ name, owner, generated }) => [name, owner, generated]);
  return [version.classification, runs, runs ? readers : []];
}
