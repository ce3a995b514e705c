import type { Json, SchemaNode } from './ast.ts';
import type { Demand } from './found.ts';
import type { NumberLiteral } from './numbers.ts';
import type { StringLiteral } from './text.ts';

/**
 * What the tableau breaks subschemas down to: demands on one value of one type that are met or not without looking at
 * the subschemas again.
 */
export type ArrayLiteral =
  | { readonly kind: 'length'; readonly min: number; readonly max: number }
  | { readonly kind: 'distinct'; readonly holds: boolean }
  /** Items by position; `rest` for those behind. */
  | { readonly kind: 'items'; readonly slots: readonly (SchemaNode | undefined)[]; readonly rest?: SchemaNode }
  /** The item at this position is there and meets the demand. */
  | { readonly kind: 'at'; readonly index: number; readonly demand: Demand }
  /** So many items from this position on are valid under the node. */
  | {
      readonly kind: 'count';
      readonly from: number;
      readonly node: SchemaNode;
      readonly holds: boolean;
      readonly min: number;
      readonly max: number;
    };

export type ObjectLiteral =
  | { readonly kind: 'size'; readonly min: number; readonly max: number }
  /** The member is there and meets the demand. */
  | { readonly kind: 'present'; readonly name: string; readonly demand?: Demand }
  | { readonly kind: 'absent'; readonly name: string }
  /** Every name is valid under the node. */
  | { readonly kind: 'names'; readonly node: SchemaNode }
  /** Every member whose name is covered by neither list is valid under `others`; the lists add their own. */
  | { readonly kind: 'members'; readonly group: MemberGroup }
  /** A member with a name outside `except` and `unlike` and inside `like` is there and meets the demand. */
  | {
      readonly kind: 'some';
      readonly except: ReadonlySet<string>;
      readonly like: readonly string[];
      readonly unlike: readonly string[];
      readonly name: Demand;
      readonly demand: Demand;
    };

export interface MemberGroup {
  readonly names: ReadonlyMap<string, SchemaNode | undefined>;
  readonly patterns: ReadonlyMap<string, SchemaNode | undefined>;
  readonly others: SchemaNode | undefined;
}

export type Literal = NumberLiteral | StringLiteral | ArrayLiteral | ObjectLiteral;

const numberKinds: ReadonlySet<string> = new Set(['above', 'below', 'multiple', 'differs', 'format']);
const stringKinds: ReadonlySet<string> = new Set(['shortest', 'longest', 'pattern', 'differs', 'format']);
const arrayKinds: ReadonlySet<string> = new Set(['length', 'distinct', 'items', 'at', 'count']);
const objectKinds: ReadonlySet<string> = new Set(['size', 'present', 'absent', 'names', 'members', 'some']);

export const isNumberLiteral = (l: Literal): l is NumberLiteral =>
  numberKinds.has(l.kind) && !(l.kind === 'differs' && typeof l.from !== 'number');
export const isStringLiteral = (l: Literal): l is StringLiteral =>
  stringKinds.has(l.kind) && !(l.kind === 'differs' && typeof l.from !== 'string');
export const isArrayLiteral = (l: Literal): l is ArrayLiteral => arrayKinds.has(l.kind);
export const isObjectLiteral = (l: Literal): l is ObjectLiteral => objectKinds.has(l.kind);

/** A conjunction: one way in which a disjunction may hold. */
export interface Alternative {
  readonly holds?: readonly SchemaNode[];
  readonly fails?: readonly SchemaNode[];
  readonly literals?: readonly Literal[];
}

/** What a subschema comes to for values of one type. */
export interface Expansion {
  readonly impossible?: boolean;
  readonly literals: Literal[];
  readonly holds: SchemaNode[];
  readonly fails: SchemaNode[];
  /** Each is a disjunction that must hold too. */
  readonly choices: (readonly Alternative[])[];
  /** The value is one of these. */
  readonly values?: readonly Json[];
}

/** Subschemas that stand nowhere in a document. */
export const nowhere = { document: '', pointer: '' };
export const anything: SchemaNode = { at: nowhere, always: true };
