import type { SchemaNode } from '../../../schema/ast.ts';
import { hasDefault, placeOf } from './conjuncts.ts';

/** The tag of each branch, where one required member with disjoint scalar values tells all of them apart. */
export function tagOf(
  branches: readonly SchemaNode[],
): { readonly name: string; readonly values: readonly string[] } | undefined {
  const [first] = branches;
  if (first === undefined || branches.length < 2) return undefined;
  for (const name of new Set(placeOf([first]).flatMap((node) => node.required ?? []))) {
    const values: string[] = [];
    const taken = new Set<string>();
    const tells = branches.every((branch) => {
      const texts = scalarsAt(branch, name);
      if (texts === undefined || texts.some((text) => taken.has(text))) return false;
      for (const text of texts) taken.add(text);
      values.push(texts.join(' '));
      return true;
    });
    if (tells) return { name, values };
  }
  return undefined;
}

export function isTagged(branches: readonly SchemaNode[]): boolean {
  return tagOf(branches) !== undefined;
}

/** JSON texts of the scalars that a branch leaves a required member without default; undefined when it is no tag. */
function scalarsAt(branch: SchemaNode, name: string): readonly string[] | undefined {
  const place = placeOf([branch]);
  if (!place.some((node) => node.required?.includes(name))) return undefined;
  const members = place.map((node) => node.properties?.get(name)).filter((node) => node !== undefined);
  if (hasDefault(members)) return undefined;
  const values = placeOf(members).find((node) => node.enum !== undefined)?.enum;
  if (values === undefined || values.some((value) => typeof value === 'object' && value !== null)) return undefined;
  return values.map((value) => JSON.stringify(value));
}
