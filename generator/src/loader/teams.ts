import { contractFinding, type Whereabouts } from '../diagnostics/catalogue.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Team } from '../model/contract-set.ts';

/** Nothing when the team exists; `role` says what it is named as: `owner of this contract`. */
export function teamReference(
  team: string,
  role: string,
  teams: ReadonlyMap<string, Team>,
  where: Omit<Whereabouts, 'hint'>,
): readonly Finding[] {
  if (teams.has(team)) return [];
  const hint = didYouMean(team, teams.keys()) ?? 'Add the team to `owners.yaml`, or name one that is there.';
  return [contractFinding('contract/unknown-team', { team, role }, { ...where, hint })];
}
