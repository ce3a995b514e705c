/** One generated file. Emitters return these and touch nothing; `output` writes what changed. */
export interface OutputFile {
  /** Relative to the output folder, `/` separated. */
  readonly path: string;
  readonly text: string;
}
