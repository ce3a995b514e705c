import type { Table } from './table.ts';

/** What one bench found: a table for people, the same for programs, and what has to be known to read it. */
export interface BenchResult {
  readonly name: 'gate' | 'check' | 'start' | 'consume';
  readonly title: string;
  /** What was done and how, in a sentence or two for each paragraph. */
  readonly about: readonly string[];
  readonly tables: readonly { readonly caption: string; readonly table: Table }[];
  /** The numbers as they were measured. */
  readonly data: unknown;
}

/** Says what is being done; a bench takes minutes. */
export type Progress = (text: string) => void;
