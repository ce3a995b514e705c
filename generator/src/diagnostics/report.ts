import type { Finding } from './finding.ts';
import { counted, countFindings } from './finding-words.ts';
import type { RuleText } from './rule-text.ts';

/** All that one run of `check` found, as every printer takes it. */
export interface CheckReport {
  /** What `--against` named, or the branch that a pull request goes into. */
  readonly against?: string;
  /** What `against` stands for, where it is not that itself: `1a2b3c4d5e, where HEAD left origin/main (…)`. */
  readonly comparedWith?: string;
  /** There were no contracts at `against`: everything is new, and nothing was compared. */
  readonly nothingBefore: boolean;
  /** The contracts could be read, so the rules have spoken. */
  readonly complete: boolean;
  readonly seconds: number;
  /** Findings of no contract below: of the loader, and about exceptions. */
  readonly general: readonly Finding[];
  /** Every contract of either version; those whose gate is loosened come first. */
  readonly contracts: readonly ContractSection[];
}

export interface ContractSection {
  /** `orders.order-placed@1` */
  readonly id: string;
  readonly name: string;
  /** As messages print the file. */
  readonly path: string;
  readonly state: 'unchanged' | 'changed' | 'added' | 'deleted';
  /** Versions of the contract in the baseline and now. */
  readonly before?: string;
  readonly after?: string;
  /** The change loosens the gate that judges it. */
  readonly loosening: readonly Finding[];
  /** What exceptions permit: the gate is open for these. */
  readonly permitted: readonly PermittedFinding[];
  /** All other findings, in the order of the rules. */
  readonly findings: readonly Finding[];
  /** Changes that break nobody, in words. */
  readonly compatible: readonly string[];
}

/** A finding that every team it hits has signed for. */
export interface PermittedFinding {
  readonly finding: Finding;
  readonly by: readonly Permission[];
}

export interface Permission {
  readonly team: string;
  readonly reason: string;
  /** ISO date. */
  readonly expires: string;
}

/** What printers may ask about the world. */
export interface PrintContext {
  /** Text of a file by its printed path, of either version; for code frames. */
  readonly textOf: (path: string) => string | undefined;
  /** A printed path as review tools know the file: from the top of the repository, `/` separated. */
  readonly repositoryPath: (path: string) => string;
  readonly ruleOf: (id: string) => RuleText | undefined;
  /** Version of Tenet. */
  readonly version: string;
  /** What people read in; machine formats do not ask. */
  readonly screen: Screen;
}

export interface Screen {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
  /** Address that a place leads to, by its printed path; only for terminals that know hyperlinks. */
  readonly linkOf?: (path: string) => string | undefined;
}

export type Printer = (report: CheckReport, context: PrintContext) => string;

/** What loosens the gate, then what belongs to no contract, then contract by contract. */
export function findingsOf({ general, contracts }: CheckReport): readonly Finding[] {
  return [
    ...contracts.flatMap(({ loosening }) => loosening),
    ...general,
    ...contracts.flatMap(({ findings }) => findings),
  ];
}

export function permittedOf({ contracts }: CheckReport): readonly PermittedFinding[] {
  return contracts.flatMap(({ permitted }) => permitted);
}

/** `data-platform until 2099-12-31: Reports are recomputed every night.`, one for each team that signed. */
export function permissionWords({ by }: PermittedFinding): readonly string[] {
  return by.map(({ team, expires, reason }) => `${team} until ${expires}: ${reason}`);
}

/** What is said of one contract beside the changes that break nobody. */
export function findingsOfContract({ loosening, findings }: ContractSection): readonly Finding[] {
  return [...loosening, ...findings];
}

/** `orders.order-placed 1.0.0 → 1.1.0` */
export function contractTitle({ name, state, before, after }: ContractSection): string {
  if (state === 'added') return `${name} ${after ?? ''} (new)`;
  if (state === 'deleted') return `${name} ${before ?? ''} (deleted)`;
  return `${name} ${before === undefined || before === after ? '' : `${before} → `}${after ?? ''}`;
}

/** `3 errors in 1 of 214 contracts · 213 unchanged`: what the last line counts. */
export function countReport(report: CheckReport): readonly string[] {
  const found = countFindings(findingsOf(report));
  if (!report.complete) return [found, 'the rules did not run: the contracts could not all be read'];
  const { contracts, against, nothingBefore } = report;
  const touched = contracts.filter((contract) => findingsOfContract(contract).length > 0).length;
  const total = counted(contracts.length, 'contract');
  const where = found === 'no findings' ? total : `${touched.toLocaleString('en-US')} of ${total}`;
  if (against === undefined) return [`${found} in ${where}`];
  const unchanged = contracts.filter(({ state }) => state === 'unchanged').length.toLocaleString('en-US');
  return [`${found} in ${where}`, nothingBefore ? `nothing to compare with at ${against}` : `${unchanged} unchanged`];
}
