import type { Staged } from '../diagnostics/finding.ts';
import type { FileTree } from '../model/file-tree.ts';
import type { GitObjects } from './git-objects.ts';
import type { CommitFolder, Entries } from './git-tree.ts';

/** What a change is compared with. */
export interface Baseline {
  readonly tree: FileTree;
  /** Where it is not what was named itself, or nobody named it: what it is, for people. */
  readonly words?: string;
  /** Where earlier versions are found; a folder and an archive have none. */
  readonly history?: BaselineHistory;
}

export interface BaselineHistory {
  readonly folder: CommitFolder;
  readonly entries: Entries;
  readonly objects: GitObjects;
}

export type FoundBaseline = Staged<Baseline>;
