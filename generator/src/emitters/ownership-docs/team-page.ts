import { anchorOf, cell, code, join, link, type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { Contract } from '../../model/contract.ts';
import type { ContractSet, Team } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';
import type { Alert } from '../alert-rules/alert.ts';
import { alertsOf } from '../alert-rules/alerts-of.ts';
import { runbookHeading } from '../alert-rules/runbook-heading.ts';
import { contractPage, indexPage, ownershipPage, relative, teamPage } from '../text/places.ts';
import { template } from '../text/template.ts';
import { escalationChain, teamLink } from './teams.ts';

/** A team's page: what do we own, and what calls us. */
export function teamPageFile(set: ContractSet, team: Team): OutputFile {
  const page = teamPage(team.id);
  const event = (contract: Contract) =>
    link(
      code(contract.major === 1 ? contract.name : `${contract.name} v${contract.major}`),
      relative(page, contractPage(contract)),
    );
  const called = set.contracts.flatMap((contract) =>
    alertsOf(contract)
      .filter((alert) => alert.team === team.id)
      .map((alert) => ({ alert, row: alertRow(page, contract, alert, event(contract)) })),
  );
  const rows = (pages: boolean) =>
    called.filter(({ alert }) => (alert.severity === 'critical') === pages).map(({ row }) => row);
  const [, ...next] = escalationChain(set, team.id);
  return {
    path: page,
    text: render({
      name: text(team.name),
      contact: text(team.contact),
      pager: text(team.pager),
      next:
        next.length === 0
          ? markdown`nobody: the chain ends here`
          : join(
              next.map((id) => teamLink(set, page, id)),
              ', then ',
            ),
      owned: owned(set, team, page, event).filter(({ items }) => items.length > 0),
      pages: table(rows(true)),
      tells: table(rows(false)),
      index: link(markdown`All contracts`, relative(page, indexPage)),
      ownership: link(markdown`who owns which failure`, relative(page, ownershipPage)),
    }),
  };
}

const render = template<{
  readonly name: Markdown;
  readonly contact: Markdown;
  readonly pager: Markdown;
  readonly next: Markdown;
  readonly owned: readonly OwnedView[];
  readonly pages: Markdown;
  readonly tells: Markdown;
  readonly index: Markdown;
  readonly ownership: Markdown;
}>(`# {{name}}

Ask: {{contact}} · paged: {{pager}} · next in line: {{next}}

## What we own

{{#each owned}}
**{{this.what}}**

{{#each this.items}}- {{this}}
{{/each}}

{{else}}
Nothing.
{{/each}}

## What pages us

{{pages}}

## What we are told of, without a page

{{tells}}

---

{{index}} · {{ownership}}
`);

interface OwnedView {
  readonly what: Markdown;
  readonly items: readonly Markdown[];
}

function owned(
  set: ContractSet,
  { id }: Team,
  page: string,
  event: (contract: Contract) => Markdown,
): readonly OwnedView[] {
  const section = (contract: Contract, consumer: string) =>
    `${relative(page, contractPage(contract))}#${anchorOf(`Consumer ${consumer}`)}`;
  return [
    {
      what: markdown`Contracts`,
      items: set.contracts
        .filter(({ owner }) => owner === id)
        .map((contract) => markdown`${event(contract)} ${text(contract.version)}: ${text(contract.title)}`),
    },
    {
      what: markdown`Services that publish`,
      items: set.contracts.flatMap((contract) =>
        contract.producers
          .filter(({ owner }) => owner === id)
          .map(({ service }) => markdown`${code(service)} publishes ${event(contract)}`),
      ),
    },
    {
      what: markdown`Services that read`,
      items: set.contracts.flatMap((contract) =>
        contract.consumers
          .filter(({ owner }) => owner === id)
          .map(
            ({ name, delivery }) =>
              markdown`${link(code(name), section(contract, name))} reads ${event(contract)}, ${text(delivery)}`,
          ),
      ),
    },
    {
      what: markdown`Dead letters that we answer for`,
      items: set.contracts.flatMap((contract) =>
        contract.consumers.flatMap(({ name, deadLetter }) =>
          deadLetter?.owner === id
            ? markdown`${code(deadLetter.topic)}: what ${code(name)} could not handle of ${event(contract)}, **within ${text(deadLetter.investigateWithin.text)}**`
            : [],
        ),
      ),
    },
    {
      what: markdown`Called when these teams do not answer`,
      items: [...set.teams.values()]
        .filter((other) => other.id !== id && other.escalation === id)
        .map((other) => teamLink(set, page, other.id)),
    },
  ];
}

function alertRow(page: string, contract: Contract, alert: Alert, event: Markdown): Markdown {
  const runbook = `${relative(page, contractPage(contract))}#${anchorOf(runbookHeading(alert))}`;
  return markdown`| ${link(code(alert.name), runbook)} | ${event} | ${code(alert.subject)} | ${cell(alert.runbook.when)} |`;
}

function table(rows: readonly Markdown[]): Markdown {
  if (rows.length === 0) return markdown`Nothing.`;
  return markdown`| alert | event | watches | when |
|---|---|---|---|
${join(rows, '\n')}`;
}
