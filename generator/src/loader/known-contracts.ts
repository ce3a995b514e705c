import type { Position } from '../diagnostics/finding.ts';
import type { Contract, SourceMap } from '../model/contract.ts';
import type { Team } from '../model/contract-set.ts';
import { type FileTree, fileOfPrintedPath, printedPath } from '../model/file-tree.ts';
import { namedTeams } from './contract-checks.ts';
import { freeze } from './freeze.ts';
import type { ValidContract } from './parse-contract.ts';
import { ParsedSchemas } from './parsed-schemas.ts';
import type { SourceFiles } from './source-files.ts';

/** A contract that loaded without findings, and everything that it was made of. */
interface Known {
  readonly contract: Contract;
  readonly tree: FileTree;
  /** Digests by file; undefined for a file that was looked for and is not there. */
  readonly digests: ReadonlyMap<string, string | undefined>;
  /** Ids of the teams that it names. */
  readonly teams: readonly string[];
}

/**
 * Contracts as one tree has them, for the next tree. Two versions of a workspace have nearly all of their files in
 * common: a contract whose files hold the same bytes in both is loaded once, and so is a schema that only the contract
 * around it has outgrown. Their parts are then the same objects in both sets, and cost next to nothing to compare.
 */
export class KnownContracts {
  readonly schemas = new ParsedSchemas();
  readonly #byFile = new Map<string, Known[]>();

  /** `asked`: the files that were asked for while the contract was loaded. */
  remember(
    contract: Contract,
    valid: ValidContract,
    { files, asked }: { readonly files: SourceFiles; readonly asked: ReadonlySet<string> },
  ): void {
    // It lies over every contract without being asked for.
    const made = ['tenet.yaml', ...asked];
    const known = this.#byFile.get(valid.file) ?? [];
    known.push({
      contract,
      tree: files.tree,
      digests: new Map(made.map((file) => [file, files.digest(file)])),
      teams: namedTeams(valid).map(({ team }) => team),
    });
    this.#byFile.set(valid.file, known);
  }

  /** The contract with its places in this tree; undefined when anything that it is made of is different here. */
  recall(file: string, files: SourceFiles, teams: ReadonlyMap<string, Team> | undefined): Contract | undefined {
    const known = this.#byFile.get(file)?.find((candidate) => isSame(candidate, files, teams));
    if (known === undefined) return undefined;
    for (const name of known.digests.keys()) files.use(name);
    const { contract, tree } = known;
    return freeze({ ...contract, source: inTree(files.tree, contract.source, tree) });
  }
}

function isSame(known: Known, files: SourceFiles, teams: ReadonlyMap<string, Team> | undefined): boolean {
  return (
    teams !== undefined &&
    known.teams.every((team) => teams.has(team)) &&
    [...known.digests].every(([file, digest]) => files.digest(file) === digest)
  );
}

/** The same lines and columns, under the label of another tree. */
function inTree(tree: FileTree, source: SourceMap, origin: FileTree): SourceMap {
  const printed = (path: string): string => printedPath(tree, fileOfPrintedPath(origin, path) ?? path);
  const move = (position: Position): Position => ({ ...position, path: printed(position.path) });
  return {
    path: printed(source.path),
    locate: (path) => move(source.locate(path)),
    written: (path) => {
      const position = source.written(path);
      return position && move(position);
    },
    locateSchema: (place) => move(source.locateSchema(place)),
  };
}
