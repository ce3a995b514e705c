import type { Json, SchemaPlace } from './ast.ts';
import type { Standing } from './standing.ts';

/**
 * A place in an instance with everything that a schema says there (docs/compatibility.md, "Location"). What may be
 * dropped from an event and what is filled in depend on the place alone, never on the subschema that looks at it; so
 * `project`, `fill`, the reduction of the events relation and the generated validators all read these.
 *
 * Places are made when they are first asked for and are the same object whenever the same nodes stand there, so a
 * recursive schema has finitely many.
 */
export interface Location {
  readonly standing: Standing;
  /** Positions in the order of discovery, unique in one schema. */
  readonly number: number;
  readonly members: Members | Tagged;
  readonly items: Items;
}

export interface Members {
  readonly kind: 'members';
  /** Every name counts as declared: nothing is dropped. */
  readonly open: boolean;
  /** Sorted. */
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  readonly defaults: ReadonlyMap<string, MemberDefault>;
  /** Whether the name is one of `names` or matches one of `patterns`. */
  declares(name: string): boolean;
  /** Whether one of several alternatives that no tag tells apart requires the name. */
  requiredByAlternative(name: string): boolean;
  member(name: string): Location;
  /** The place of a member without a name of its own, which matches exactly these patterns. */
  cell(patterns: ReadonlySet<string>): Location;
}

/** The member `property` of an object tells which of the cases it is. A value of none is left as it is. */
export interface Tagged {
  readonly kind: 'tagged';
  readonly property: string;
  readonly cases: readonly { readonly values: readonly Json[]; readonly members: Members | Tagged }[];
}

export interface Items {
  readonly prefix: readonly Location[];
  readonly rest: Location;
}

export interface MemberDefault {
  readonly value: Json;
  readonly at: SchemaPlace;
  /** Another default with the same right to be taken. */
  readonly rival?: { readonly value: Json; readonly at: SchemaPlace };
}
