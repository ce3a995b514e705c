import type { Json, SchemaNode } from '../../../schema/ast.ts';
import { sameJson, sameSchema } from '../../same-schema.ts';
import { shown } from '../../schema-text.ts';
import { declaredNames, isRequired, memberNodes } from '../conjunction.ts';
import { placeOf, type Union } from './place.ts';
import { sayKind, someOf } from './say-kind.ts';

/** Alternatives of two versions that belong together, and those that only one of them has. */
export interface Matched {
  readonly pairs: readonly (readonly [name: string, was: SchemaNode, is: SchemaNode])[];
  readonly come: readonly string[];
  readonly gone: readonly string[];
}

/** By the value of their tag or by their name, then by being the same, then by the members that both declare. */
export function matchAlternatives(was: Union, is: Union): Matched {
  const tag = tagOf(was) ?? tagOf(is);
  const old = [...named(was, tag)];
  let now = named(is, tag);
  const pairs: (readonly [string, SchemaNode, SchemaNode])[] = [];
  const byName = Map.groupBy(old, ({ name }) => name);
  const likenesses: readonly ((alternative: Named) => Named | undefined)[] = [
    ({ name }) => only(byName.get(name)?.filter((other) => old.includes(other)) ?? []),
    ({ node }) => old.find((other) => sameSchema(other.node, node, false)),
    (alternative) => (tag === undefined ? mostAlike(alternative, old) : undefined),
  ];
  for (const [step, like] of likenesses.entries()) {
    if (step > 0 && old.length * now.length > mostPairs) break;
    now = now.filter((alternative) => {
      const found = like(alternative);
      if (!found) return true;
      old.splice(old.indexOf(found), 1);
      pairs.push([alternative.name, found.node, alternative.node]);
      return false;
    });
  }
  return { pairs, come: now.map(({ name }) => name), gone: old.map(({ name }) => name) };
}

/** With more pairs than this to look at, names have to do. */
const mostPairs = 20_000;

function only<Each>(items: readonly Each[]): Each | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** Names of the alternatives, as a list of changes prints them. */
export function alternativeNames(union: Union): readonly string[] {
  return named(union, tagOf(union)).map(({ name }) => name);
}

interface Named {
  readonly name: string;
  readonly node: SchemaNode;
  /** Names of its members. */
  readonly declared: ReadonlySet<string>;
}

function named({ branches }: Union, tag: string | undefined): readonly Named[] {
  return branches.map((node) => ({
    name: nameOf(node, tag),
    node,
    declared: declaredNames(placeOf([node]).nodes),
  }));
}

function nameOf(node: SchemaNode, tag: string | undefined): string {
  const { nodes, types } = placeOf([node]);
  const values = tag === undefined ? undefined : placeOf(memberNodes(nodes, tag)).values;
  if (values) return values.map(shown).join(', ');
  const title = nodes.find(({ annotations }) => annotations?.title !== undefined)?.annotations?.title;
  if (title !== undefined) return `“${title}”`;
  const definition = /\/(?:\$defs|definitions)\/([^/]+)$/.exec(node.ref?.at.pointer ?? '')?.[1];
  if (definition !== undefined) return `\`${definition}\``;
  const required = nodes.flatMap((each) => each.required ?? []);
  return types === undefined && required.length > 0 ? `with ${someOf(required)}` : sayKind(placeOf([node]));
}

/** The alternative that shares most names with this one; none where no name is shared, or where a tag tells apart. */
function mostAlike({ declared }: Named, others: readonly Named[]): Named | undefined {
  const shared = (other: Named): number => [...other.declared].filter((name) => declared.has(name)).length;
  let best: { readonly other: Named; readonly amount: number } | undefined;
  for (const other of others) {
    const amount = shared(other);
    if (amount > (best?.amount ?? 0)) best = { other, amount };
  }
  return best?.other;
}

/** A member that every alternative requires, with values that no two of them share. */
function tagOf({ branches }: Union): string | undefined {
  const places = branches.map((branch) => placeOf([branch]).nodes);
  const [first] = places;
  return [...(first ? declaredNames(first) : [])].find((name) => {
    const values = places.map((nodes) =>
      isRequired(nodes, name) ? placeOf(memberNodes(nodes, name)).values : undefined,
    );
    return values.every((list) => list !== undefined) && areApart(values as readonly (readonly Json[])[]);
  });
}

function areApart(lists: readonly (readonly Json[])[]): boolean {
  const all = lists.flat();
  const texts = new Set(all.map((value) => JSON.stringify(value)));
  return texts.size === all.length && all.every((value) => !sameJson(typeof value, 'object'));
}
