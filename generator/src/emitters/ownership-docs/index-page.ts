import { cell, code, join, link, type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';
import { contractPage, indexPage, ownershipPage, relative, teamPage } from '../text/places.ts';
import { template } from '../text/template.ts';
import { teamLink } from './teams.ts';

/** The way in: every contract and every team. */
export function indexPageFile(set: ContractSet): OutputFile {
  const page = indexPage;
  return {
    path: page,
    text: render({
      contracts: set.contracts.map((contract) => {
        const major = contract.major === 1 ? '' : ` v${contract.major}`;
        const mark = contract.status === 'active' ? markdown`` : markdown` (${text(contract.status)})`;
        const readers = contract.consumers.map(({ name }) => code(name));
        const writers = contract.producers.map(({ service }) => code(service));
        return markdown`| ${link(code(contract.name + major), relative(page, contractPage(contract)))}${mark} | ${cell(text(contract.title))} | ${teamLink(set, page, contract.owner)} | ${orNobody(writers)} | ${orNobody(readers)} |`;
      }),
      teams: [...set.teams.values()].map(
        (team) =>
          markdown`| ${link(cell(text(team.name)), relative(page, teamPage(team.id)))} | ${cell(text(team.contact))} | ${cell(text(team.pager))} | ${team.escalation === team.id ? markdown`—` : teamLink(set, page, team.escalation)} |`,
      ),
      ownership: link(markdown`Who owns which failure`, relative(page, ownershipPage)),
      alerts: link(markdown`Alert rules`, relative(page, 'alerts/README.md')),
      inbox: link(markdown`Inbox`, relative(page, 'sql/inbox/README.md')),
    }),
  };
}

const render = template<{
  readonly contracts: readonly Markdown[];
  readonly teams: readonly Markdown[];
  readonly ownership: Markdown;
  readonly alerts: Markdown;
  readonly inbox: Markdown;
}>(`# Events

Generated from the contracts. {{ownership}} · {{alerts}} · {{inbox}}

| event | | owner | published by | read by |
|---|---|---|---|---|
{{#each contracts}}{{this}}
{{/each}}

## Teams

| team | ask | paged | next in line |
|---|---|---|---|
{{#each teams}}{{this}}
{{/each}}
`);

function orNobody(names: readonly Markdown[]): Markdown {
  return names.length === 0 ? markdown`nobody` : join(names, ', ');
}
