import type { Json, SchemaNode } from './ast.ts';
import type { Demand, Found } from './found.ts';
import { nowhere } from './literals.ts';

/** What the solvers for arrays and objects ask of the search that calls them. */
export interface SearchContext {
  readonly tick: () => void;
  /** A value of any type that meets the demand. */
  readonly find: (demand: Demand) => Found;
  /** A string that meets the demand. */
  readonly findName: (demand: Demand) => Found;
  readonly isValid: (node: SchemaNode, value: Json) => boolean;
  readonly identity: (node: SchemaNode) => number;
}

export function join(...demands: readonly (Demand | undefined)[]): Demand {
  const given = demands.filter((demand) => demand !== undefined);
  return { holds: given.flatMap((demand) => demand.holds), fails: given.flatMap((demand) => demand.fails) };
}

export function meets(demand: Demand, value: Json, { isValid }: SearchContext): boolean {
  return demand.holds.every((node) => isValid(node, value)) && !demand.fails.some((node) => isValid(node, value));
}

/** One of exactly these values. */
export function oneOfValues(values: Iterable<Json>): SchemaNode {
  return { at: nowhere, enum: [...values] };
}
