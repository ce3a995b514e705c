/**
 * The three validators of an event, all made of the three functions that the generator writes per schema. One
 * definition (docs/compatibility.md): emits = { x ∈ L : project(x) = x, fill(x) = x }, accepts = { x : fill(project(x)) ∈ L }.
 */

/** One thing that is wrong with a value. The value itself stays apart from the words, so that it can be redacted. */
export interface Violation {
  /** JSON pointer into the value, '' for the root. */
  readonly pointer: string;
  /** `must be ≥ 1` */
  readonly expected: string;
  /** What stood there; absent when nothing did. */
  readonly actual?: unknown;
}

export type Validated<Event> =
  | { readonly ok: true; readonly value: Event }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** What generated code provides for one schema. */
export interface SchemaFunctions {
  /** Everything that is wrong by the schema alone, at most `limit` of it; empty: the value is in L. */
  check(value: unknown, limit: number): readonly Violation[];
  /** The value without undeclared names; the same reference when nothing was dropped. Never changes its argument. */
  project(value: unknown): unknown;
  /** The value with defaults of absent members; the same reference when nothing was added. Never changes its argument. */
  fill(value: unknown): unknown;
  /** Pointers of undeclared names, the ones that `project` would drop. */
  undeclared(value: unknown): readonly string[];
}

export interface Validators<Event> {
  /** L(S), by the standard. */
  schema(value: unknown): Validated<Event>;
  /** For producers: fills, refuses undeclared names, validates. The value is what may be sent. */
  emits(value: unknown): Validated<Event>;
  /** For consumers: drops undeclared names, fills, validates. The value is what the handler sees. */
  accepts(value: unknown): Validated<Event>;
}
