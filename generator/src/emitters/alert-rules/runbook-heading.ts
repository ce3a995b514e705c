import { anchorOf, type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { Contract } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import { contractPage, pageUrl } from '../text/places.ts';
import type { Alert } from './alert.ts';

/** Heading of an alert's section in the contract's page. The name of an alert has no hyphen: anchors cannot collide. */
export function runbookHeading({ name, subject }: Pick<Alert, 'name' | 'subject'>): Markdown {
  return markdown`${text(name)}: ${text(subject)}`;
}

/** Heading of the list of graphs, likewise. */
export function graphsHeading({ subject }: Pick<Alert, 'subject'>): Markdown {
  return markdown`Graphs: ${text(subject)}`;
}

/** Address of a section of the contract's page. */
export function sectionUrl(set: ContractSet, contract: Contract, heading: Markdown): string {
  return `${pageUrl(set, contractPage(contract))}#${anchorOf(heading)}`;
}
