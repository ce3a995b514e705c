import type { Contract } from '../../model/contract.ts';
import type { Schema, SchemaNode } from '../../schema/ast.ts';
import { conjunction, declaredNames, isDefaulted, isRequired, itemNodes, memberNodes } from './conjunction.ts';

/** One thing that happened to one declared field, for the reader of a report. */
export interface FieldChange {
  readonly pointer: string;
  readonly kind: 'added' | 'removed' | 'now-required' | 'now-optional' | 'default-added' | 'map-closed';
  readonly required: boolean;
  readonly defaulted: boolean;
  /** Every event of the older schema had it, or its default. */
  readonly wasSure: boolean;
  /** The place in the newer schema where it is (or would be) declared. */
  readonly node: SchemaNode;
  /** The field as the older schema declared it. */
  readonly old?: SchemaNode;
}

/** Compares what two schemas declare, name by name; alternatives are left to the verdict. */
export function fieldChanges(before: Schema, after: Schema): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  walk([before.root], [after.root], '', new Set(), changes);
  return changes;
}

/** `+ /giftNote optional`: how a report says a change that breaks nothing. */
export function sayChange({ kind, pointer, required, defaulted }: FieldChange): string {
  const standing = required ? 'required' : 'optional';
  const withDefault = defaulted ? ', with a default' : '';
  switch (kind) {
    case 'added':
      return `+ ${pointer} ${standing}${withDefault} · consumers ignore it until they read it`;
    case 'removed':
      return `- ${pointer} · what older events have there is no longer shown to handlers`;
    case 'now-required':
      return `~ ${pointer} now required${withDefault}`;
    case 'now-optional':
      return `~ ${pointer} now optional`;
    case 'default-added':
      return `~ ${pointer} now has a default`;
    case 'map-closed':
      return `- ${pointer === '' ? '/' : pointer}* · names that are not declared are no longer shown to handlers`;
  }
}

function walk(
  old: readonly SchemaNode[],
  now: readonly SchemaNode[],
  at: string,
  seen: Set<SchemaNode>,
  changes: FieldChange[],
): void {
  const was = conjunction(old);
  const is = conjunction(now);
  const [key] = now;
  if (!key || was.length === 0 || seen.has(key)) return;
  seen.add(key);
  const [first] = is;
  const oldNames = declaredNames(was);
  const newNames = declaredNames(is);
  for (const name of [...new Set([...oldNames, ...newNames])].sort()) {
    const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const side = oldNames.has(name) ? (newNames.has(name) ? 'both' : 'old') : 'new';
    const [there] = memberNodes(is, name);
    const [oldNode] = memberNodes(was, name);
    const facts = {
      pointer,
      required: isRequired(is, name),
      defaulted: isDefaulted(is, name),
      wasSure: isRequired(was, name) || isDefaulted(was, name),
      node: there ?? first ?? key,
    };
    const past = oldNode ? { old: oldNode } : {};
    if (side === 'new') {
      // A name taken out of a map was there before.
      if (!isOpen(was)) changes.push({ ...facts, kind: 'added' });
    } else if (side === 'old') {
      if (!isOpen(is)) changes.push({ ...facts, ...past, kind: 'removed' });
    } else {
      if (isDefaulted(is, name) && !isDefaulted(was, name)) changes.push({ ...facts, ...past, kind: 'default-added' });
      if (isRequired(is, name) && !isRequired(was, name)) changes.push({ ...facts, ...past, kind: 'now-required' });
      if (!isRequired(is, name) && isRequired(was, name)) changes.push({ ...facts, ...past, kind: 'now-optional' });
      walk(memberNodes(was, name), memberNodes(is, name), pointer, seen, changes);
    }
  }
  if (first && isOpen(was) && speaks(is) && !isOpen(is)) {
    changes.push({
      pointer: at,
      kind: 'map-closed',
      required: false,
      defaulted: false,
      wasSure: false,
      node: first,
      ...(was[0] ? { old: was[0] } : {}),
    });
  }
  const items = itemNodes(is, 0);
  if (items.length > 0) walk(itemNodes(was, 0), items, `${at}/0`, seen, changes);
}

/** Every name is declared here: a map. */
function isOpen(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(({ additionalProperties, unevaluatedProperties }) =>
    [additionalProperties, unevaluatedProperties].some((schema) => schema !== undefined && schema.always !== false),
  );
}

function speaks(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(
    (node) =>
      (node.properties?.size ?? 0) > 0 ||
      (node.required?.length ?? 0) > 0 ||
      node.additionalProperties?.always === false ||
      (node.patternProperties?.size ?? 0) > 0,
  );
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
