import { cell, join, link, type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { ContractSet, Team } from '../../model/contract-set.ts';
import { relative, teamPage } from '../text/places.ts';

/** The loader has seen to it that every owner is a team. */
export function teamOf(set: ContractSet, id: string): Team {
  const team = set.teams.get(id);
  if (team === undefined) throw new Error(`contracts name the team ${id}, which owners.yaml does not have`);
  return team;
}

export function teamLink(set: ContractSet, from: string, id: string): Markdown {
  return link(cell(text(teamOf(set, id).name)), relative(from, teamPage(id)));
}

/** Everybody who is called in turn, from this team on. A chain ends at a team that names itself, or at one called before. */
export function escalationChain(set: ContractSet, id: string): readonly string[] {
  const chain = [id];
  for (;;) {
    const next = teamOf(set, chain.at(-1) ?? id).escalation;
    if (chain.includes(next)) return chain;
    chain.push(next);
  }
}

/** `Warehouse (warehouse-oncall), then Platform (platform-oncall)` */
export function calledInTurn(set: ContractSet, from: string, id: string): Markdown {
  const called = escalationChain(set, id).map(
    (team) => markdown`${teamLink(set, from, team)} (${cell(text(teamOf(set, team).pager))})`,
  );
  return join(called, ', then ');
}
