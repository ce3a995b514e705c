import type { ContractSet } from '../model/contract-set.ts';
import type { OutputFile } from '../output/output-file.ts';

/** One kind of output: a pure function of the contracts. Emitters never sort, read the clock, or ask Git. */
export interface Emitter {
  readonly name: string;
  emit(set: ContractSet): readonly OutputFile[] | Promise<readonly OutputFile[]>;
}
