import type { Position } from '../diagnostics/finding.ts';
import type { Dialect } from '../schema/ast.ts';
import type { Contract, FieldPath } from './contract.ts';

/** A team of `owners.yaml`; every failure path ends at one. */
export interface Team {
  readonly id: string;
  readonly name: string;
  readonly contact: string;
  readonly pager: string;
  /** Team that is called next; its own id ends the chain. */
  readonly escalation: string;
  readonly git?: string;
}

/** `tenet.yaml`. */
export interface Workspace {
  /** npm name of the generated SDK. */
  readonly package: string;
  readonly docs?: string;
  readonly schemaDialect: Dialect;
  readonly metrics: 'tenet' | 'kafka-exporter' | 'kminion';
}

/** An owner-signed, expiring permission; `team` is the file's name. */
export interface Exception {
  readonly team: string;
  readonly rule: string;
  readonly contract: string;
  readonly path?: string;
  readonly fingerprint?: string;
  readonly reason: string;
  /** ISO date. */
  readonly expires: string;
  readonly at: Position;
}

/** Everything below one contracts root, sorted by name and major. */
export interface ContractSet {
  /** Label of the tree it was read from, `contracts`. */
  readonly label: string;
  readonly workspace: Workspace;
  readonly teams: ReadonlyMap<string, Team>;
  readonly contracts: readonly Contract[];
  readonly exceptions: readonly Exception[];
  /**
   * Where a field of `tenet.yaml` stands, or of `owners.yaml` (`['teams', …]`); one that is not written is found at its
   * nearest written ancestor.
   */
  locate(path: FieldPath): Position;
  /** Text of a file as it was read, for code frames; `undefined` for a path outside the tree. */
  textOf(path: string): string | undefined;
}
