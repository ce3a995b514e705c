import type { Finding } from '../diagnostics/finding.ts';
import type { ContractSet } from '../model/contract-set.ts';
import type { OutputFile } from '../output/output-file.ts';

/** One kind of output: a pure function of the contracts. Emitters never sort, read the clock, or ask Git. */
export interface Emitter {
  readonly name: string;
  emit(set: ContractSet): readonly OutputFile[] | Promise<readonly OutputFile[]>;
  /**
   * Throws when a file is not what it should be: a bug of ours, that must not reach the disk. Asked of what is about to
   * be written only; the same bytes on the disk have been asked about when they were.
   */
  prove?(files: readonly OutputFile[]): Promise<void>;
  /** What contracts ask for and this output cannot give yet. An error among it stops `generate`: nothing is left out silently. */
  refuses?(set: ContractSet): readonly Finding[];
}
