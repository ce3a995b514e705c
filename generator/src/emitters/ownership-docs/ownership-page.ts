import { anchorOf, cell, code, join, link, type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { Consumer, Contract } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import { isLossy } from '../../model/lossy.ts';
import type { OutputFile } from '../../output/output-file.ts';
import { contractPage, indexPage, ownershipPage, relative } from '../text/places.ts';
import { template } from '../text/template.ts';
import { calledInTurn, teamLink } from './teams.ts';

/** The failure ownership matrix: every way in which an event can fail to arrive, and the one team that answers for it. */
export function ownershipPageFile(set: ContractSet): OutputFile {
  const page = ownershipPage;
  return {
    path: page,
    text: render({
      reading: set.contracts.flatMap((contract) =>
        contract.consumers.map((consumer) => reading(set, contract, consumer)),
      ),
      publishing: set.contracts.flatMap((contract) =>
        contract.producers.map(
          (producer) =>
            markdown`| ${eventLink(contract)} | ${code(producer.service)} | ${teamLink(set, page, producer.owner)} | ${mayLose(producer.onOverload === 'block' && producer.acks !== 'none', producer.approvedBy)} |`,
        ),
      ),
      index: link(markdown`All contracts`, relative(page, indexPage)),
    }),
  };
}

const render = template<{
  readonly reading: readonly Markdown[];
  readonly publishing: readonly Markdown[];
  readonly index: Markdown;
}>(`# Who owns which failure

Generated from the contracts. One row for each consumer and each producer; every cell that can fail names one team.

## Reading fails

| event | consumer | behind or down | dead letters | look within | severity | called in turn | may lose events |
|---|---|---|---|---|---|---|---|
{{#each reading}}{{this}}
{{/each}}

## Publishing fails

| event | producer | called | may lose events |
|---|---|---|---|
{{#each publishing}}{{this}}
{{/each}}

---

{{index}}
`);

function eventLink(contract: Contract): Markdown {
  const major = contract.major === 1 ? '' : ` v${contract.major}`;
  return link(code(contract.name + major), relative(ownershipPage, contractPage(contract)));
}

function reading(set: ContractSet, contract: Contract, consumer: Consumer): Markdown {
  const { deadLetter, backpressure } = consumer;
  const section = `${relative(ownershipPage, contractPage(contract))}#${anchorOf(`Consumer ${consumer.name}`)}`;
  const keeps = consumer.delivery !== 'at-most-once' && !isLossy(backpressure);
  const failure =
    deadLetter === undefined
      ? [markdown`none: lost`, markdown`—`, markdown`—`, markdown`—`]
      : [
          teamLink(set, ownershipPage, deadLetter.owner),
          cell(text(deadLetter.investigateWithin.text)),
          text(deadLetter.severity),
          calledInTurn(set, ownershipPage, deadLetter.owner),
        ];
  const cells = [
    eventLink(contract),
    link(code(consumer.name), section),
    teamLink(set, ownershipPage, consumer.owner),
    ...failure,
    mayLose(keeps, backpressure.approvedBy),
  ];
  return markdown`| ${join(cells, ' | ')} |`;
}

function mayLose(keeps: boolean, approvedBy: string | undefined): Markdown {
  if (keeps) return markdown`no`;
  return approvedBy === undefined ? markdown`**yes**` : markdown`**yes**, approved by ${cell(text(approvedBy))}`;
}
