import {
  anchorOf,
  cell,
  code,
  codeBlock,
  join,
  link,
  type Markdown,
  markdown,
  paragraphs,
  text,
} from '../../diagnostics/markdown.ts';
import type { Consumer, Contract } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';
import type { Alert } from '../alert-rules/alert.ts';
import { alertsOf, graphsOf } from '../alert-rules/alerts-of.ts';
import { graphsHeading, runbookHeading } from '../alert-rules/runbook-heading.ts';
import { alertFolder, contractFile, contractPage, indexPage, ownershipPage, relative } from '../text/places.ts';
import { template } from '../text/template.ts';
import { capacity } from './capacity.ts';
import { consumerInWords, keyInWords, lasting, producerInWords } from './promises.ts';
import { calledInTurn, teamLink } from './teams.ts';

interface PartyView {
  readonly heading: Markdown;
  readonly owner: Markdown;
  readonly promises: readonly Markdown[];
  readonly failure: Markdown;
}
interface RunbookView {
  readonly heading: Markdown;
  readonly severity: Markdown;
  readonly team: Markdown;
  readonly when: Markdown;
  readonly means: Markdown;
  readonly look: readonly Markdown[];
  readonly act: readonly Markdown[];
}

interface PageView {
  readonly title: Markdown;
  readonly source: Markdown;
  readonly name: Markdown;
  readonly version: Markdown;
  readonly owner: Markdown;
  readonly status: Markdown;
  readonly description: Markdown;
  readonly facts: readonly { readonly what: Markdown; readonly value: Markdown }[];
  readonly producers: readonly PartyView[];
  readonly consumers: readonly PartyView[];
  readonly nobody: Markdown;
  readonly alertList: readonly Markdown[];
  readonly hasAlerts: boolean;
  readonly rules: Markdown;
  readonly runbooks: readonly RunbookView[];
  readonly graphs: readonly GraphsView[];
  readonly index: Markdown;
  readonly ownership: Markdown;
}

/** A contract's page: what it promises, to whom, who answers when it breaks, and a runbook for every alert. */
export function contractPageFile(set: ContractSet, contract: Contract): OutputFile {
  const page = contractPage(contract);
  const alerts = alertsOf(contract);
  return {
    path: page,
    text: render({
      title: text(contract.title),
      source: text(contractFile(contract)),
      name: code(contract.name),
      version: text(contract.version),
      owner: teamLink(set, page, contract.owner),
      status: status(set, page, contract),
      description: paragraphs(contract.description),
      facts: facts(contract).map(([what, value]) => ({ what, value: cell(value) })),
      producers: contract.producers.map((producer) => ({
        heading: markdown`Producer ${text(producer.service)}`,
        owner: teamLink(set, page, producer.owner),
        promises: producerInWords(contract, producer),
        failure: markdown``,
      })),
      consumers: contract.consumers.map((consumer) => ({
        heading: markdown`Consumer ${text(consumer.name)}`,
        owner: teamLink(set, page, consumer.owner),
        promises: consumerInWords(contract, consumer),
        failure: failurePath(set, page, contract, consumer),
      })),
      nobody: contract.consumers.length === 0 ? markdown`Nobody reads it yet.` : markdown``,
      alertList: alerts.map(
        (alert) =>
          markdown`| ${link(code(alert.name), `#${anchorOf(runbookHeading(alert))}`)} | ${code(alert.subject)} | ${text(alert.severity)} | ${teamLink(set, page, alert.team)} |`,
      ),
      hasAlerts: alerts.length > 0,
      rules: rulesLink(page, contract, alerts),
      runbooks: alerts.map((alert) => runbook(set, page, alert)),
      graphs: graphs(contract),
      index: link(markdown`All contracts`, relative(page, indexPage)),
      ownership: link(markdown`who owns which failure`, relative(page, ownershipPage)),
    }),
  };
}

const render = template<PageView>(`# {{title}}

{{name}} {{version}}, owned by {{owner}}. Generated from \`{{source}}\`: change that file, not this page.

{{status}}

{{description}}

## At a glance

| | |
|---|---|
{{#each facts}}| {{this.what}} | {{this.value}} |
{{/each}}

## Who publishes

{{#each producers}}
### {{this.heading}}

Owned by {{this.owner}}.

{{#each this.promises}}- {{this}}
{{/each}}

{{/each}}
## Who reads

{{nobody}}

{{#each consumers}}
### {{this.heading}}

Owned by {{this.owner}}.

{{#each this.promises}}- {{this}}
{{/each}}

{{this.failure}}

{{/each}}
## Alerts

{{#if hasAlerts}}
| alert | watches | severity | called |
|---|---|---|---|
{{#each alertList}}{{this}}
{{/each}}

{{/if}}
{{rules}}

{{#each runbooks}}
### {{this.heading}}

{{this.severity}} for {{this.team}}. Fires when {{this.when}}.

**What it means.** {{this.means}}

**Look**

{{#each this.look}}1. {{this}}
{{/each}}

**Act**

{{#each this.act}}- {{this}}
{{/each}}

{{/each}}
{{#each graphs}}
### {{this.heading}}

No dashboard is generated yet; these are its queries, for Grafana or Prometheus.

{{#each this.expressions}}
{{this}}

{{/each}}
{{/each}}
---

{{index}} · {{ownership}}
`);

function status(set: ContractSet, page: string, contract: Contract): Markdown {
  if (contract.status === 'draft') return markdown`> **Draft.** Nobody should rely on it yet.`;
  if (contract.status === 'active') return markdown``;
  const last =
    contract.removeAfter === undefined ? markdown`` : markdown` It goes after **${text(contract.removeAfter)}**.`;
  const successor = set.contracts.find(({ name, major }) => `${name}@${major}` === contract.replacedBy);
  const next =
    successor === undefined
      ? markdown``
      : markdown` Read ${link(code(`${successor.name}@${successor.major}`), relative(page, contractPage(successor)))} instead.`;
  return markdown`> **Deprecated.**${next}${last}`;
}

function facts(contract: Contract): readonly (readonly [Markdown, Markdown])[] {
  const { topic, stakes, attributes } = contract;
  const [flow, stored] = capacity(contract);
  const known = Object.entries(attributes).map(([what, pointer]) => markdown`${text(what)} at ${code(pointer)}`);
  const secrets = contract.classification.map(({ pointer, kind }) => markdown`${code(pointer)} (${text(kind)})`);
  return [
    [markdown`If an event is lost`, text(stakes.loss)],
    [markdown`If one is handled twice`, text(stakes.duplicate)],
    [
      markdown`Topic`,
      markdown`${code(topic.name)}: ${topic.partitions} partitions, ${topic.replication} copies, ${topic.minInSync} of them must confirm`,
    ],
    [
      markdown`Kept for`,
      topic.cleanup === 'compact'
        ? markdown`the latest of each key, for ever`
        : markdown`${lasting(topic.retention, 'ever')}${topic.cleanup === 'delete' ? markdown`` : markdown`, the latest of each key`}`,
    ],
    [markdown`Key`, keyInWords(contract)],
    ...(known.length === 0 ? [] : [[markdown`In the payload`, join(known, ', ')] as const]),
    [markdown`Traffic`, flow ?? markdown``],
    [markdown`Stored`, stored ?? markdown``],
    [markdown`Changes must be`, compatibility[contract.compatibility]],
    ...(secrets.length === 0 ? [] : [[markdown`Never shown in logs`, join(secrets, ', ')] as const]),
  ];
}

const compatibility = {
  full: markdown`readable by older and by newer services`,
  backward: markdown`readable by newer services`,
  forward: markdown`readable by older services`,
  none: markdown`nothing in particular: the contract does not say`,
} as const;

/** Who is called about a dead letter, until when, and how to see what lies there. */
function failurePath(set: ContractSet, page: string, contract: Contract, consumer: Consumer): Markdown {
  const { deadLetter } = consumer;
  if (deadLetter === undefined)
    return markdown`**When an event fails** it is gone: there is no dead letter under at-most-once.`;
  const called =
    deadLetter.alertAbove === undefined
      ? deadLetter.severity === 'critical'
        ? markdown`Any arrival calls`
        : markdown`Arrivals that do not stop call`
      : deadLetter.alertAbove.perSecond === 0
        ? markdown`Any arrival calls`
        : markdown`More than ${text(deadLetter.alertAbove.text)} call`;
  const watched = consumer.generated ? called : markdown`No generated alert watches it; the one to tell is`;
  const limit = consumer.retry === undefined ? markdown`` : markdown` for good`;
  return markdown`**When an event fails${limit}** it goes, untouched and with the evidence of its failure, to ${code(deadLetter.topic)}, and stays there for ${lasting(deadLetter.retention, 'ever')}. ${watched} ${calledInTurn(set, page, deadLetter.owner)}; severity ${text(deadLetter.severity)}. Each must be investigated **within ${text(deadLetter.investigateWithin.text)}**.

To see what lies there, with the reason in the headers:

${codeBlock('sh', `kafka-console-consumer.sh --bootstrap-server "$BROKERS" --topic ${deadLetter.topic} \\\n  --from-beginning --property print.timestamp=true --property print.key=true --property print.headers=true`)}${personal(contract)}`;
}

function personal(contract: Contract): Markdown {
  if (contract.classification.length === 0) return markdown``;
  return markdown`

These records hold ${join([...new Set(contract.classification.map(({ kind }) => kind))].map(text), ' and ')} data: do not copy them elsewhere.`;
}

function runbook(set: ContractSet, page: string, alert: Alert): RunbookView {
  const { when, means, look, act } = alert.runbook;
  const severity = { critical: markdown`**Critical**`, warning: markdown`**Warning**`, info: markdown`**Info**` }[
    alert.severity
  ];
  return { heading: runbookHeading(alert), severity, team: teamLink(set, page, alert.team), when, means, look, act };
}

interface GraphsView {
  readonly heading: Markdown;
  readonly expressions: readonly Markdown[];
}

function graphs(contract: Contract): readonly GraphsView[] {
  return graphsOf(contract).map(({ subject, graphs: list }) => ({
    heading: graphsHeading({ subject }),
    expressions: list.map(
      ({ what, expression }) => markdown`${text(what)}:

${codeBlock('promql', expression.text)}`,
    ),
  }));
}

function rulesLink(page: string, contract: Contract, alerts: readonly Alert[]): Markdown {
  if (alerts.length === 0)
    return markdown`None: every service of this contract is hand-written, and Tenet's metrics come from its own runtime.`;
  return markdown`The rules, and the tests that ship with them, are in ${link(code(alertFolder(contract)), relative(page, `${alertFolder(contract)}/`))}.`;
}
