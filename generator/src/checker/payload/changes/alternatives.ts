import type { Json, SchemaNode } from '../../../schema/ast.ts';
import { sameJson, sameSchema } from '../../same-schema.ts';
import { shown } from '../../schema-text.ts';
import { declaredNames, isRequired, memberNodes } from '../conjunction.ts';
import { placeOf, type Union } from './place.ts';
import { sayKind } from './say-kind.ts';

/** Alternatives of two versions that belong together, and those that only one of them has. */
export interface Matched {
  readonly pairs: readonly (readonly [name: string, was: SchemaNode, is: SchemaNode])[];
  readonly come: readonly string[];
  readonly gone: readonly string[];
}

/** By the value of their tag; else by their name, then by being the same; never by where they stand in the list. */
export function matchAlternatives(was: Union, is: Union): Matched {
  const tag = tagOf(was) ?? tagOf(is);
  const [old, now] = [named(was, tag), named(is, tag)];
  const pairs: (readonly [string, SchemaNode, SchemaNode])[] = [];
  const left = [...old];
  const come: string[] = [];
  for (const { name, node } of now) {
    const byName = left.filter((other) => other.name === name);
    const found =
      (byName.length === 1 ? byName[0] : undefined) ?? left.find((other) => sameSchema(other.node, node, false));
    if (found) {
      left.splice(left.indexOf(found), 1);
      pairs.push([name, found.node, node]);
    } else come.push(name);
  }
  return { pairs, come, gone: left.map(({ name }) => name) };
}

/** Names of the alternatives, as a list of changes prints them. */
export function alternativeNames(union: Union): readonly string[] {
  return named(union, tagOf(union)).map(({ name }) => name);
}

interface Named {
  readonly name: string;
  readonly node: SchemaNode;
}

function named({ branches }: Union, tag: string | undefined): readonly Named[] {
  return branches.map((node) => ({ name: nameOf(node, tag), node }));
}

function nameOf(node: SchemaNode, tag: string | undefined): string {
  const { nodes, types } = placeOf([node]);
  const values = tag === undefined ? undefined : placeOf(memberNodes(nodes, tag)).values;
  if (values) return values.map(shown).join(', ');
  const title = nodes.find(({ annotations }) => annotations?.title !== undefined)?.annotations?.title;
  if (title !== undefined) return `“${title}”`;
  const definition = /\/(?:\$defs|definitions)\/([^/]+)$/.exec(node.ref?.at.pointer ?? '')?.[1];
  return definition === undefined || types === undefined ? sayKind(placeOf([node])) : `\`${definition}\``;
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
