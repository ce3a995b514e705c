/**
 * Files as a stage reads them: a folder on disk, a Git tree, a test's literal. Paths are relative to the contracts
 * root, `/` separated, sorted by code unit. The loader never touches the disk but through this.
 */
export interface FileTree {
  /** How messages name the tree: `contracts` or `origin/main:contracts`. Prefixed to every printed path. */
  readonly label: string;
  list(): readonly string[];
  /** `undefined` when there is no such file (or it is not a regular file inside the root). */
  read(path: string): Uint8Array | undefined;
}
