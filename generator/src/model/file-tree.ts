/**
 * Files as a stage reads them: a folder on disk, a Git tree, a test's literal. Paths are relative to the contracts
 * root, `/` separated, sorted by code unit. The loader never touches the disk but through this.
 */
export interface FileTree {
  /** How messages name the tree: `contracts` or `origin/main:contracts`. Prefixed to every printed path. */
  readonly label: string;
  list(): readonly string[];
  /**
   * `undefined` when there is no such file (or it is not a regular file inside the root). A reader may cut a file
   * behind the first 2 MiB: the loader refuses it for its size long before.
   */
  read(path: string): Uint8Array | undefined;
  /** Files that are there and must not be read (a symbolic link out of the root), and why, as `leads out of the root`. */
  refused?(): ReadonlyMap<string, string>;
}

/** A file as messages print it: `contracts/orders/order-placed/v1.yaml`. */
export function printedPath(tree: Pick<FileTree, 'label'>, file: string): string {
  return tree.label === '' || tree.label === '.' ? file : `${tree.label}/${file}`;
}

/** The inverse: undefined for a path that is not of this tree. */
export function fileOfPrintedPath(tree: FileTree, path: string): string | undefined {
  const prefix = printedPath(tree, '');
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}
