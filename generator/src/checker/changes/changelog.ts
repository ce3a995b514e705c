import type { Finding } from '../../diagnostics/finding.ts';
import type { Contract } from '../../model/contract.ts';
import { contractId } from '../../model/naming.ts';
import type { CheckReport, ContractReport } from '../index.ts';
import { payloadChanges } from '../payload/changes/payload-changes.ts';
import { versionRules } from '../promise/index.ts';
import type { BothSets } from '../rule.ts';
import type { Change } from './change.ts';
import { promiseChanges } from './contract-changes.ts';
import { outline } from './outline.ts';
import { payloadLines } from './payload-lines.ts';
import { type WorkspaceChange, workspaceChanges } from './workspace-changes.ts';

/** What consumers read of a change: the findings of the check, and everything else in words. */
export interface Changelog {
  /** Contracts that are new, gone or changed, sorted by name and major. */
  readonly contracts: readonly ContractChanges[];
  /** What changed around the contracts: teams, environments, the package. */
  readonly workspace: readonly WorkspaceChange[];
  /** Contracts of either version about which there is nothing to say. */
  readonly unchanged: number;
}

export interface ContractChanges {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly state: Exclude<ContractReport['state'], 'unchanged'>;
  readonly before?: string;
  readonly after?: string;
  readonly owner: string;
  /** What blocks the change; permitted by exceptions where those are named. */
  readonly breaking: readonly Breaking[];
  /** What the check warns of or notes. */
  readonly noted: readonly Finding[];
  /** Of a contract that is new or gone: what it is, or was. */
  readonly outline: readonly string[];
  /** Of a new major: the contract that `changes` compares it with, `orders.order-placed@1`. */
  readonly since?: string;
  readonly changes: readonly Change[];
}

export interface Breaking {
  readonly finding: Finding;
  readonly permits: readonly { readonly team: string; readonly expires: string; readonly reason: string }[];
}

/** `only`: ids of the contracts that are asked about; everything without it. */
export function changelogOf(report: CheckReport, sets: BothSets, only?: ReadonlySet<string>): Changelog {
  const asked = report.contracts.filter(({ id }) => only?.has(id) ?? true);
  const contracts = asked.flatMap((each) => contractChanges(each, sets));
  return {
    contracts,
    workspace: workspaceChanges(sets, report.workspace, only),
    unchanged: asked.length - contracts.length,
  };
}

function contractChanges(report: ContractReport, sets: BothSets): readonly ContractChanges[] {
  const { id, name, path, state, before, after } = report;
  const contract = find(sets.after, id) ?? find(sets.before, id);
  if (state === 'unchanged' || !contract) return [];
  const findings = report.findings.filter(isAboutConsumers);
  const excused = report.excused.filter(({ finding }) => isAboutConsumers(finding));
  const errors = findings.filter(({ severity }) => severity === 'error');
  const breaking = [
    ...errors.map((finding) => ({ finding, permits: [] })),
    ...excused.map(({ finding, exceptions }) => ({ finding, permits: exceptions })),
  ];
  const noted = findings.filter(({ severity }) => severity !== 'error');
  const earlier = state === 'added' ? predecessor(contract, sets) : undefined;
  const changes = earlier ? changesBetween(earlier, contract) : report.changes;
  const isSilent = breaking.length + noted.length + changes.length === 0 && before === after;
  if (state === 'changed' && isSilent) return [];
  return [
    {
      id,
      name,
      path,
      state,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      owner: contract.owner,
      breaking,
      noted,
      outline: state === 'changed' ? [] : outline(contract),
      ...(earlier ? { since: contractId(earlier) } : {}),
      changes,
    },
  ];
}

/** The version number is for the check to judge, and a contract alone is what `tenet check` is about. */
function isAboutConsumers({ rule }: Finding): boolean {
  return /^(promise|payload)\//.test(rule) && !versionRules.some(({ id }) => id === rule);
}

/** The major that a new one stands beside or follows. */
function predecessor({ name, major }: Contract, { before, after }: BothSets): Contract | undefined {
  const earlier = [...before.contracts, ...after.contracts].filter(
    (other) => other.name === name && other.major < major,
  );
  return earlier.reduce<Contract | undefined>(
    (last, next) => (last && last.major > next.major ? last : next),
    undefined,
  );
}

function changesBetween(before: Contract, after: Contract): readonly Change[] {
  return [...payloadLines(after, payloadChanges(before, after)), ...promiseChanges({ before, after })];
}

function find({ contracts }: BothSets['before'], id: string): Contract | undefined {
  return contracts.find((contract) => contractId(contract) === id);
}
