import type { Team } from '../../model/contract-set.ts';
import type { WorkspaceRule } from '../rule.ts';

/** What follows the entry of a team, with what goes another way when it changes. */
const routes: readonly (readonly [field: keyof Team & ('pager' | 'escalation' | 'git'), goes: string])[] = [
  ['pager', 'pages for'],
  ['escalation', 'escalations of'],
  ['git', 'reviews and signatures of'],
];

export const teamRerouted: WorkspaceRule = {
  id: 'promise/team-rerouted',
  severity: 'warning',
  summary: 'A team hears when its pages, escalations or signatures go to somebody else.',
  why: 'Every failure path ends at an entry of `owners.yaml`. A pager or an escalation that changes there moves every alert of the team at once, and `git` says who signs for it. Each contract stays as it is, so nothing else would show the change.',
  mirror: { rule: 'promise/team-rerouted' },
  *check({ before, after }) {
    for (const [id, team] of after.teams) {
      const old = before.teams.get(id);
      if (!old) continue;
      for (const [field, goes] of routes) {
        const [was, is] = [old[field] ?? 'nobody', team[field] ?? 'nobody'];
        if (was === is) continue;
        const path = ['teams', id, field];
        yield {
          at: after.locate(path),
          subject: `/teams/${id}/${field}`,
          against: { ...before.locate(path), was: `was ${was}` },
          message: `The ${goes} ${id} now go to ${is} instead of ${was}.`,
          hint: `let ${id} approve the change`,
        };
      }
    }
  },
};
