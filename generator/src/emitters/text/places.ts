/** Where the files of an output stand, and how they name one another. Paths are relative to the output folder. */
import type { Contract } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';

/** The contract's file below the contracts root, the same wherever the command ran. */
export function contractFile({ domain, event, major }: Contract): string {
  return `contracts/${domain}/${event}/v${major}.yaml`;
}

/** Page of a contract. The first major has the plain name; a dot cannot stand in an event's name. */
export function contractPage({ domain, event, major }: Contract): string {
  return `docs/${domain}/${event}${major === 1 ? '' : `.v${major}`}.md`;
}

export function teamPage(team: string): string {
  return `docs/teams/${team}.md`;
}

export const indexPage = 'docs/README.md';
export const ownershipPage = 'docs/failure-ownership.md';

/** Folder of the alert rules of a contract. */
export function alertFolder({ domain, event, major }: Contract): string {
  return `alerts/${domain}/${event}/v${major}`;
}

/** A page's public address: below the workspace's `docs` URL, else its path in the output folder. */
export function pageUrl(set: ContractSet, page: string): string {
  const base = set.workspace.docs;
  return base === undefined ? page : `${base.replace(/\/+$/, '')}/${page.slice('docs/'.length)}`;
}

/** How a page names another file of the output. */
export function relative(from: string, to: string): string {
  const here = from.split('/').slice(0, -1);
  const there = to.split('/');
  while (here.length > 0 && there.length > 1 && here[0] === there[0]) {
    here.shift();
    there.shift();
  }
  return [...here.map(() => '..'), ...there].join('/');
}
