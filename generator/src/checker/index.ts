import type { Finding } from '../diagnostics/finding.ts';
import { fingerprint } from '../diagnostics/fingerprint.ts';
import type { Contract } from '../model/contract.ts';
import type { ContractSet } from '../model/contract-set.ts';
import { contractId } from '../model/naming.ts';
import type { Change } from './changes/change.ts';
import { promiseChanges } from './changes/contract-changes.ts';
import { payloadLines } from './changes/payload-lines.ts';
import { designRules } from './design/index.ts';
import { changesAnywhere, isLoadedOnce } from './effect.ts';
import { Exceptions, type Excused, extended, type Judged } from './exceptions.ts';
import { payloadChanges, unsaid } from './payload/changes/payload-changes.ts';
import { asksAnew, type Compare, comparePayload, type PayloadOptions } from './payload/index.ts';
import type { PayloadReport } from './payload/payload-report.ts';
import { promisedTo, samePlace } from './places.ts';
import { gateRules, promiseRules, versionRules, workspaceRules } from './promise/index.ts';
import { RetainedVersions } from './retained-versions.ts';
import type { BothSets, Clock, ContractPair, Report, RuleEntry } from './rule.ts';

export { type Compare, RetainedVersions };

export interface CheckInput {
  readonly after: ContractSet;
  /** The workspace that the change is compared with; without it only design rules run. */
  readonly before?: ContractSet;
  /** Versions that were replaced before `before` and may still be met, by `<name>@<major>`; default: none. */
  readonly retained?: ReadonlyMap<string, RetainedVersions>;
  /** What is said of contracts before the rules speak, by the same. */
  readonly said?: ReadonlyMap<string, readonly Finding[]>;
  readonly clock: Clock;
  readonly payload: PayloadOptions;
}

/** What the check has to say about one contract file. */
export interface ContractReport {
  /** `orders.order-placed@1` */
  readonly id: string;
  readonly name: string;
  /** As messages print the file. */
  readonly path: string;
  readonly state: 'unchanged' | 'changed' | 'added' | 'deleted';
  readonly before?: string;
  readonly after?: string;
  readonly findings: readonly Finding[];
  readonly excused: readonly Excused[];
  /** What changed and no finding speaks of, in words. */
  readonly changes: readonly Change[];
}

export interface CheckReport {
  /** Every contract of either version, sorted by name and major. */
  readonly contracts: readonly ContractReport[];
  /** Findings that belong to no contract: about the workspace and the exceptions. */
  readonly workspace: readonly Finding[];
}

/**
 * Contracts of which versions that were replaced before `before` have to be known: those whose change asks something of
 * them, and those of which something is permitted that such a version may still need. All others were compared with them
 * when they landed.
 */
export function asksOfEarlierVersions(before: ContractSet, after: ContractSet): readonly Contract[] {
  const olds = new Map(before.contracts.map((old) => [contractId(old), old]));
  const permitted = new Set(
    after.exceptions.filter(({ rule }) => rule.startsWith('payload/')).map(({ contract }) => contract),
  );
  return after.contracts.flatMap((contract) => {
    const old = olds.get(contractId(contract));
    if (old === undefined) return [];
    const isPermitted = permitted.has(contract.name) || permitted.has(contractId(contract));
    return isPermitted || asksAnew(old, contract) ? [old] : [];
  });
}

export function check({ after, before, retained, said, clock, payload }: CheckInput): CheckReport {
  const exceptions = new Exceptions(after, clock);
  const olds = new Map((before?.contracts ?? []).map((old) => [contractId(old), old]));
  const contracts = after.contracts.map((contract) => {
    const old = olds.get(contractId(contract));
    const file = new FileCheck(contract, exceptions, said?.get(contractId(contract)));
    const isCompared = old !== undefined && !isLoadedOnce(old, contract);
    const earlier = retained?.get(contractId(contract));
    // A draft has promised nothing yet.
    if (before && old && (isCompared || earlier) && old.status !== 'draft') {
      file.compare(
        { before: old, after: contract },
        { before, after },
        payload,
        earlier ?? new RetainedVersions(old, clock),
      );
    }
    if (before && !old)
      for (const rule of promiseRules) file.add(rule, rule.checkAdded?.(contract, { before, after }) ?? []);
    const isChanged = isCompared && changesAnywhere(old, contract);
    if (isChanged) file.describe({ before: old, after: contract });
    const known = before && old && isChanged ? standingWarnings(old, before, clock) : new Set<string>();
    for (const rule of designRules) {
      // Where nothing has changed, warnings were there before.
      if (old && !isChanged && rule.severity !== 'error') continue;
      file.addDesign(rule, rule.check(contract, after, clock), old && !isChanged ? 'all' : known);
    }
    return file.report(before && !old ? 'added' : isChanged ? 'changed' : 'unchanged', old);
  });
  const ids = new Set(after.contracts.map(contractId));
  for (const old of olds.values()) {
    if (ids.has(contractId(old))) continue;
    const file = new FileCheck(old, exceptions);
    for (const rule of promiseRules) file.add(rule, rule.checkDeleted?.(old, { before: before ?? after, after }) ?? []);
    contracts.push(file.report('deleted', old));
  }
  contracts.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const families = before ? ['design', 'promise', 'payload'] : ['design'];
  const around = before ? [...workspaceFindings({ before, after }), ...extended({ before, after })] : [];
  return { contracts, workspace: [...around, ...exceptions.complaints(families)] };
}

/** What changed in the files that belong to all contracts; nothing when there were none before. */
function workspaceFindings(sets: BothSets): readonly Finding[] {
  if (sets.before.contracts.length === 0) return [];
  return workspaceRules.flatMap(({ id, severity, check: judge }) =>
    [...judge(sets)].map(({ subject = '', ...report }) => ({
      ...report,
      rule: id,
      severity,
      fingerprint: fingerprint({ rule: id, subject }),
    })),
  );
}

/** Collects what the rules say of one contract, in their order, and lets the exceptions speak. */
class FileCheck {
  readonly #contract: Contract;
  readonly #exceptions: Exceptions;
  readonly #said: readonly Finding[];
  readonly #findings: Finding[] = [];
  readonly #excused: Excused[] = [];
  /** Fields that findings of the comparison speak of. */
  readonly #subjects = new Set<string | undefined>();
  #payload: readonly PayloadReport[] = [];
  #changes: readonly Change[] = [];

  constructor(contract: Contract, exceptions: Exceptions, said: readonly Finding[] = []) {
    this.#contract = contract;
    this.#said = said;
    this.#exceptions = exceptions;
  }

  add(rule: RuleEntry, reports: Iterable<Report>): void {
    const all = [...reports];
    for (const { subject } of all) this.#subjects.add(subject);
    for (const judged of together(rule, this.#contract, all)) this.#addJudged(judged);
  }

  #addJudged(judged: Judged): void {
    const answer = this.#exceptions.excuse(judged);
    if ('exceptions' in answer) this.#excused.push(answer);
    else this.#findings.push(answer);
  }

  /** Leaves out warnings that were there before the change, and errors that a comparison has put in better words. */
  addDesign(rule: RuleEntry, reports: Iterable<Report>, known: ReadonlySet<string> | 'all'): void {
    const said = this.#findings.filter(({ severity }) => severity === 'error').map(({ at }) => at);
    for (const judged of together(rule, this.#contract, reports)) {
      const { severity, fingerprint: print, at } = judged.finding;
      const wasThere = known === 'all' || known.has(print);
      if (severity === 'error' ? said.some((place) => samePlace(place, at)) : wasThere) continue;
      this.#addJudged(judged);
    }
  }

  compare(pair: ContractPair, sets: BothSets, options: PayloadOptions, versions: RetainedVersions): void {
    const first = this.#findings.length;
    for (const rule of gateRules) this.add(rule, rule.check(pair, sets, []));
    this.#payload = comparePayload(versions.contracts, pair.after, options, versions);
    for (const { entry, keyword: _, ...report } of this.#payload) this.add(entry, [promisedTo(pair.before, report)]);
    for (const rule of promiseRules) this.add(rule, rule.check(pair, sets, []));
    const standing = this.#findings.slice(first).filter(({ severity }) => severity === 'error');
    for (const rule of versionRules) this.add(rule, rule.check(pair, sets, standing));
  }

  /** Everything that changed, but for what a finding of the comparison says already. */
  describe(pair: ContractPair): void {
    this.#changes = [
      ...payloadLines(pair.after, unsaid(payloadChanges(pair.before, pair.after), this.#payload)),
      ...promiseChanges(pair).filter(({ subject }) => !this.#subjects.has(subject)),
    ];
  }

  report(state: ContractReport['state'], old: Contract | undefined): ContractReport {
    const { name, version, source } = this.#contract;
    return {
      id: contractId(this.#contract),
      name,
      path: source.path,
      state,
      ...(old ? { before: old.version } : {}),
      ...(state === 'deleted' ? {} : { after: version }),
      findings: [...this.#said, ...this.#findings],
      excused: this.#excused,
      changes: this.#changes,
    };
  }
}

/** Fingerprints of what the design rules only warned of before the change. */
function standingWarnings(old: Contract, set: ContractSet, clock: Clock): ReadonlySet<string> {
  const judged = designRules.flatMap((rule) => together(rule, old, rule.check(old, set, clock)));
  return new Set(
    judged.filter(({ finding }) => finding.severity !== 'error').map(({ finding }) => finding.fingerprint),
  );
}

/** One rule's reports on one contract; the same sentence at the same place, for several consumers, is said once. */
function together({ id, severity }: RuleEntry, contract: Contract, reports: Iterable<Report>): Judged[] {
  const judged = new Map<string, Judged>();
  for (const { subject = '', severity: own, ...report } of reports) {
    const key = JSON.stringify([report.at, report.message]);
    const known = judged.get(key);
    const consumers = [...(known?.finding.consumers ?? []), ...(report.consumers ?? [])];
    const print = fingerprint({ rule: id, contract: contractId(contract), subject });
    const finding: Finding = {
      ...report,
      rule: id,
      severity: own ?? severity,
      contract: contract.name,
      ...(consumers.length > 0 ? { consumers } : {}),
      fingerprint: known?.finding.fingerprint ?? print,
    };
    const names = [...(known?.names ?? []), { subject, fingerprint: print }];
    judged.set(key, { finding, names, contract: contractId(contract) });
  }
  return [...judged.values()];
}
