import type { Contract } from '../../model/contract.ts';
import type { SchemaNode } from '../../schema/ast.ts';

interface Said {
  readonly sign: '+' | '-' | '~';
  /** Pointer into an event, as findings name it: the first item stands for all, `*` for any name of a map. */
  readonly pointer: string;
  /** The place as a report prints it: `/lines/0/sku` as all lines, and the variant where it belongs to one. */
  readonly place: string;
  readonly text: string;
  /** Keywords that a finding about the same thing may name; absent where any finding there speaks of it. */
  readonly keywords?: readonly string[];
  /** The old kind of value is gone as well: a finding that speaks of the new one only does not say so. */
  readonly replaces?: boolean;
  /** The place in the newer schema where it is, or would be. */
  readonly node?: SchemaNode;
}

/** A declaration that came or went, with what the rules about losses want to know. */
export interface DeclarationChange extends Said {
  readonly kind: 'added' | 'removed' | 'default-added' | 'map-closed';
  /** After the change a default stands in for the field. */
  readonly defaulted: boolean;
  /** Every event of the older schema had it, or its default. */
  readonly wasSure: boolean;
  readonly node: SchemaNode;
  /** The field as the older schema declared it. */
  readonly old?: SchemaNode;
}

/** One thing that happened to one place of the payload, for the reader of a report. */
export type FieldChange = DeclarationChange | (Said & { readonly kind: 'changed' });

/** What can only be said of the schema as a whole; no finding says the same. */
export const wholeSchema = { kind: 'changed', sign: '~', pointer: '', place: 'the schema', keywords: [] } as const;

export function isDeclaration(change: FieldChange): change is DeclarationChange {
  return change.kind !== 'changed';
}

/** What changed about one place itself, apart from its members and items. */
export interface KeywordChange {
  /** Keywords that a finding may name for it. */
  readonly keywords: readonly string[];
  readonly text: string;
  readonly replaces?: boolean;
}

/** Do two pointers lead to the same value, or one to a part of the other? */
export function touches(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** Every pointer by which the contract or one of its consumers keys and identifies events. */
export function reliedOn(contract: Contract): readonly string[] {
  const { partitionKey, attributes, consumers } = contract;
  return [
    ...(partitionKey?.fields ?? []),
    ...Object.values(attributes),
    ...consumers.flatMap(({ idempotency }) => idempotency?.key ?? []),
  ];
}
