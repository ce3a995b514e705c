import { contractFinding } from '../diagnostics/catalogue.ts';
import { nearest } from '../diagnostics/did-you-mean.ts';
import type { Finding, Position, Staged } from '../diagnostics/finding.ts';
import { byCodeUnit, inOrder } from '../diagnostics/order.ts';
import type { Contract, FieldPath } from '../model/contract.ts';
import type { ContractSet, Exception, Team } from '../model/contract-set.ts';
import { type FileTree, fileOfPrintedPath } from '../model/file-tree.ts';
import type { Dialect } from '../schema/index.ts';
import { checkContract } from './contract-checks.ts';
import { loadExceptions, signerOf } from './exceptions.ts';
import { freeze } from './freeze.ts';
import type { KnownContracts } from './known-contracts.ts';
import { entryOf, find, type Located, positionOf } from './located.ts';
import { parseContract, placeOf, validateContract } from './parse-contract.ts';
import { ParsedSchemas } from './parsed-schemas.ts';
import { loadPayload } from './payload-schema.ts';
import { hasReference } from './references.ts';
import { resolveContract } from './resolve-contract.ts';
import { checkSet } from './set-checks.ts';
import { SourceFiles } from './source-files.ts';
import { checkPolicies, type Environment, loadTeams, loadWorkspace } from './workspace.ts';

export interface LoadOptions {
  /** Ids of all rules, so that an exception cannot name one that does not exist. Absent: not judged. */
  readonly rules?: readonly string[];
  /** The clock of expiry; default: now. */
  readonly now?: Date;
  /** The tree is what others are compared with: an empty one is an empty set, and nothing in it expires. */
  readonly baseline?: boolean;
  /** Shared by the loads of several versions of one workspace: what they have in common is loaded once. */
  readonly known?: KnownContracts;
}

/** What a contract is resolved against. */
interface Surroundings {
  readonly files: SourceFiles;
  readonly environments: readonly Environment[];
  /** `tenet.yaml`; absent when it is broken. */
  readonly workspace: Located | undefined;
  readonly dialect: Dialect;
  /** Absent when `owners.yaml` is broken: that is said there, once. */
  readonly teams: ReadonlyMap<string, Team> | undefined;
  readonly known: KnownContracts | undefined;
  readonly schemas: ParsedSchemas;
}

/**
 * Everything below one contracts root, and every mistake in all of its files at once, sorted by place. The set is
 * there when every contract could be made, also beside errors that leave them readable (an unknown team, a name
 * taken twice): rules can then add what they see.
 */
export async function loadContracts(tree: FileTree, options: LoadOptions = {}): Promise<Staged<ContractSet>> {
  const files = new SourceFiles(tree);
  const names = tree.list();
  if (options.baseline === true && names.length === 0) return [emptySet(tree), []];

  const [loaded, workspaceFindings] = loadWorkspace(files);
  const [teams, teamFindings] = loadTeams(files);
  const policyFindings = checkPolicies(files);
  const findings = [...workspaceFindings, ...teamFindings, ...policyFindings, ...refusedLinks(tree, files)];

  const around: Surroundings = {
    files,
    teams,
    environments: loaded?.environments ?? [],
    workspace: loaded?.root,
    dialect: loaded?.workspace.schemaDialect ?? '2020-12',
    known: options.known,
    schemas: options.known?.schemas ?? new ParsedSchemas(),
  };
  const contracts: Contract[] = [];
  let complete = loaded !== undefined && teams !== undefined;
  for (const file of names.filter((name) => placeOf(name) !== undefined)) {
    const [contract, found] = await loadContract(file, around);
    findings.push(...found.filter((finding) => !isSaidOf(policyFindings, finding)));
    if (contract === undefined) complete = false;
    else contracts.push(contract);
  }
  contracts.sort((a, b) => byCodeUnit(a.name, b.name) || a.major - b.major);
  findings.push(...checkSet(contracts));

  const exceptions: Exception[] = [];
  const today = options.baseline === true ? undefined : (options.now ?? new Date()).toISOString().slice(0, 10);
  for (const file of names.filter((name) => signerOf(name) !== undefined)) {
    const [signed, found] = loadExceptions(file, files, { teams, rules: options.rules, today });
    findings.push(...found);
    if (signed === undefined) complete = false;
    else exceptions.push(...signed);
  }
  findings.push(...strayFiles(names, files, complete), ...files.findings());

  const all = inOrder(findings);
  if (!complete || loaded === undefined || teams === undefined) return [undefined, all];
  const { workspace } = loaded;
  const set: ContractSet = {
    label: tree.label,
    workspace,
    teams,
    contracts,
    exceptions,
    locate: (path) => locateIn(files, path),
    textOf: textOf(tree, files),
  };
  return [freeze(set), all];
}

/** One contract, with `tenet.yaml` and what it refers to; nothing else of the tree is read, and teams are not looked up. */
export async function loadOneContract(tree: FileTree, file: string): Promise<Staged<Contract>> {
  const files = new SourceFiles(tree);
  const [loaded, workspaceFindings] = loadWorkspace(files);
  const [contract, findings] = await loadContract(file, {
    files,
    teams: undefined,
    environments: loaded?.environments ?? [],
    workspace: loaded?.root,
    dialect: loaded?.workspace.schemaDialect ?? '2020-12',
    known: undefined,
    schemas: new ParsedSchemas(),
  });
  const all = inOrder([...workspaceFindings, ...findings, ...files.findings()]);
  return [loaded === undefined || contract === undefined ? undefined : freeze(contract), all];
}

async function loadContract(file: string, around: Surroundings): Promise<Staged<Contract>> {
  const { files, teams, environments, workspace, known } = around;
  const recalled = known?.recall(file, files, teams);
  if (recalled !== undefined) return [recalled, []];
  const asked = files.recordAsked();
  const [parsed, findings] = await parseContract(file, files);
  if (parsed === undefined) return [undefined, findings];
  const [valid, violations] = validateContract(parsed);
  const payload = loadPayload(parsed, around);
  const all = [...findings, ...violations, ...(payload?.findings ?? [])];
  if (valid === undefined) return [undefined, all];
  all.push(...checkContract(valid, teams, environments));
  if (payload?.payload === undefined || hasReference(valid.root)) return [undefined, all];
  const [contract, incomplete] = resolveContract(
    valid,
    { ...payload, payload: payload.payload },
    { environments, workspace },
  );
  all.push(...incomplete);
  if (contract !== undefined && all.length === 0) known?.remember(contract, valid, { files, asked });
  return [contract, all];
}

/** A mistake in a shared policy is said once, in its own file, and not again for each contract that pulls it in. */
function isSaidOf(said: readonly Finding[], { rule, at }: Finding): boolean {
  return said.some(
    (other) =>
      other.rule === rule && other.at.path === at.path && other.at.line === at.line && other.at.column === at.column,
  );
}

function* refusedLinks(tree: FileTree, files: SourceFiles): Iterable<Finding> {
  for (const [file, problem] of tree.refused?.() ?? []) {
    const hint = 'Put the file itself here.';
    yield contractFinding('contract/symbolic-link', { problem }, { at: files.top(file), subject: file, hint });
  }
}

const workspaceFiles = ['tenet.yaml', 'owners.yaml', 'policies.yaml'];

/** YAML that nobody reads is a contract whose author believes it holds. JSON lies about freely: schemas are shared. */
function* strayFiles(names: readonly string[], files: SourceFiles, complete: boolean): Iterable<Finding> {
  for (const file of names) {
    if (!/\.ya?ml$/.test(file) || files.wasRead(file) || workspaceFiles.includes(file)) continue;
    const where = { at: files.top(file), subject: file };
    const renamed = file.replace(/\.yml$/, '.yaml');
    if (renamed !== file && (placeOf(renamed) || signerOf(renamed) || workspaceFiles.includes(renamed))) {
      const hint = `Rename it to \`${renamed}\`.`;
      yield contractFinding('contract/misplaced-file', { problem: 'The file ends in `.yml`' }, { ...where, hint });
      continue;
    }
    if (entryOf(files.parsed(file)?.root, 'tenet') !== undefined) {
      const like = nearest(file, workspaceFiles);
      const hint = like === undefined ? 'Contracts are `<domain>/<event>/v<major>.yaml`.' : `Did you mean \`${like}\`?`;
      const problem = 'The file says `tenet`, but its place is none of a workspace';
      yield contractFinding('contract/misplaced-file', { problem }, { ...where, hint });
      continue;
    }
    // A contract that could not be read may refer to it.
    if (complete)
      yield contractFinding('contract/unused-file', {}, { ...where, hint: 'Refer to it with `$ref`, or take it out.' });
  }
}

function emptySet(tree: FileTree): ContractSet {
  const workspace = { package: '', schemaDialect: '2020-12', metrics: 'tenet' } as const;
  const locate = (): Position => ({ path: tree.label, line: 1, column: 1 });
  return {
    label: tree.label,
    workspace,
    teams: new Map(),
    contracts: [],
    exceptions: [],
    locate,
    textOf: () => undefined,
  };
}

function locateIn(files: SourceFiles, path: FieldPath): Position {
  const file = path[0] === 'teams' ? 'owners.yaml' : 'tenet.yaml';
  const root = files.parsed(file)?.root;
  return root === undefined ? files.top(file) : positionOf(find(root, path).span);
}

function textOf(tree: FileTree, files: SourceFiles): (path: string) => string | undefined {
  return (path) => {
    const file = fileOfPrintedPath(tree, path);
    return file === undefined ? undefined : files.text(file);
  };
}

/** Text of the files of a tree by their printed paths, for code frames when no set could be made. */
export function treeText(tree: FileTree): (path: string) => string | undefined {
  return textOf(tree, new SourceFiles(tree));
}
