import type { BaselineHistory } from '../baseline/baseline.ts';
import { GitHistory, type PastState } from '../baseline/git-history.ts';
import { RetainedVersions } from '../checker/index.ts';
import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding, Position } from '../diagnostics/finding.ts';
import { loadOneContract, treeText } from '../loader/load-contracts.ts';
import type { Contract } from '../model/contract.ts';
import { type FileTree, fileOfPrintedPath, printedPath } from '../model/file-tree.ts';
import { contractId } from '../model/naming.ts';

export interface EarlierVersions {
  /** By `<name>@<major>`. */
  readonly retained: ReadonlyMap<string, RetainedVersions>;
  /** What could not be compared, by the same. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Text of files of earlier commits by their printed paths. */
  textOf(path: string): string | undefined;
}

/**
 * Versions of these contracts that were replaced on the main line and may still be met. Each is loaded by the loader that
 * reads the working tree, out of the few files that it is made of.
 */
export async function earlierVersions(
  history: BaselineHistory,
  contracts: readonly Contract[],
  { now, label }: { readonly now: Date; readonly label: string },
): Promise<EarlierVersions> {
  const past = new GitHistory(history);
  const searches = contracts.map((contract) => new Search(contract, now, label));
  for (const search of searches) await search.start(past.newest);
  const open = new Set(searches);
  for (const state of past.states(Math.min(...searches.map(({ retained }) => retained.since)))) {
    for (const search of open) if (!(await search.goBackTo(state))) open.delete(search);
    if (open.size === 0) break;
  }
  const trees = searches.flatMap(({ trees }) => trees);
  return {
    retained: new Map(searches.map(({ id, retained }) => [id, retained])),
    findings: new Map(searches.map((search) => [search.id, [...cutOff(past, search), ...search.findings]])),
    textOf: (path) => {
      const tree = trees.find((candidate) => fileOfPrintedPath(candidate, path) !== undefined);
      return tree && treeText(tree)(path);
    },
  };
}

/** A gate that silently compares less is open: what the clone does not have is an error. */
function cutOff(past: GitHistory, { id, contract, at, retained: { since } }: Search): readonly Finding[] {
  const problem = past.missing(since);
  if (problem === undefined) return [];
  const day = Number.isFinite(since) ? `since ${new Date(since).toISOString().slice(0, 10)}` : 'of any age';
  const said = { events: `Events of ${contract} ${day}`, problem: problem[0] };
  return [contractFinding('contract/history-missing', said, { at, contract, subject: id, hint: problem[1] })];
}

/**
 * Nothing is generated from contracts that do not load, and nothing that is done now would make this one readable: the
 * change is not blocked for it.
 */
function unreadable({ contract, at }: Search, { hash }: PastState, findings: readonly Finding[]): Finding {
  const [first] = findings.filter(({ severity }) => severity === 'error');
  const said = { commit: hash.slice(0, 10), problem: first?.message ?? 'nobody knows why.' };
  const hint = 'nothing was generated from it; if a service published events by it, see that they are gone';
  const finding = contractFinding('contract/version-unreadable', said, { at, contract, subject: hash, hint });
  return first ? { ...finding, against: { ...first.at, was: 'did not load' } } : finding;
}

/** The search for the earlier versions of one contract, from the newest state of the workspace to older ones. */
class Search {
  readonly id: string;
  /** `orders.order-placed` */
  readonly contract: string;
  /** The file as it is now. */
  readonly at: Position;
  readonly retained: RetainedVersions;
  readonly trees: FileTree[] = [];
  readonly findings: Finding[] = [];
  readonly #file: string;
  /** The files that the version at hand is made of, and what was in them; absent when that is not known. */
  #madeOf: ReadonlyMap<string, string | undefined> | undefined;
  /** The contents of the contract's file that were complained of last. */
  #unreadable: string | undefined;

  /** `label`: of the tree as it is now. */
  constructor(last: Contract, now: Date, label: string) {
    const { domain, event, major } = last;
    this.id = contractId(last);
    this.retained = new RetainedVersions(last, { now });
    this.#file = `${domain}/${event}/v${major}.yaml`;
    this.contract = last.name;
    this.at = { path: printedPath({ label }, this.#file), line: 1, column: 1 };
  }

  /** Reads the version that the state has, without judging it. */
  async start(state: PastState): Promise<void> {
    await this.#load(state);
  }

  /** False when nothing that is older can be met any more. */
  async goBackTo(state: PastState): Promise<boolean> {
    const isReached = state.replacedAt >= this.retained.since;
    const known = this.#madeOf;
    // A longer retention of the version before it may reach further than is known.
    if (known !== undefined && [...known].every(([file, object]) => state.objectOf(file) === object)) {
      return isReached || known.get(this.#file) !== undefined;
    }
    const contract = await this.#load(state);
    return contract === undefined ? isReached : this.retained.add({ contract, replacedAt: state.replacedAt });
  }

  async #load(state: PastState): Promise<Contract | undefined> {
    const own = state.objectOf(this.#file);
    if (own === undefined) {
      this.#madeOf = new Map([[this.#file, undefined]]);
      return undefined;
    }
    const read = new Map<string, string | undefined>();
    const tree = state.tree();
    const recording: FileTree = {
      ...tree,
      read: (file) => {
        read.set(file, state.objectOf(file));
        return tree.read(file);
      },
    };
    const [contract, findings] = await loadOneContract(recording, this.#file);
    this.#madeOf = contract && read;
    if (contract) this.trees.push(tree);
    else if (own !== this.#unreadable) {
      this.#unreadable = own;
      this.findings.push(unreadable(this, state, findings));
    }
    return contract;
  }
}
