import type { SchemaNode } from './ast.ts';
import { canonicalText } from './json.ts';
import type { MemberDefault } from './location.ts';
import { inPlace } from './progress.ts';

/** A node and what holds wherever it does, whatever the type of the value, with the number of steps to it. */
export function sameValue(node: SchemaNode): ReadonlyMap<SchemaNode, number> {
  const found = new Map<SchemaNode, number>();
  const queue: (readonly [SchemaNode, number])[] = [[node, 0]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [part, depth] = next;
    if (found.has(part)) continue;
    found.set(part, depth);
    const single = [part.anyOf, part.oneOf].filter((branches) => branches?.length === 1);
    for (const inner of [part.ref, ...(part.allOf ?? []), ...single.flatMap((branches) => branches ?? [])]) {
      if (inner !== undefined) queue.push([inner, depth + 1]);
    }
  }
  return found;
}

/** The nearest default of each member; of several equally near ones that with the smallest text, so that order is nothing. */
export function defaultsOf(must: Iterable<readonly [SchemaNode, number]>): ReadonlyMap<string, MemberDefault> {
  const best = new Map<string, MemberDefault & { readonly depth: number }>();
  for (const [owner, distance] of must) {
    for (const [name, member] of owner.properties ?? []) {
      if (member.default === undefined && inPlace(member).length === 0) continue;
      for (const [node, steps] of sameValue(member)) {
        if (node.default === undefined) continue;
        const found = { value: node.default.value, at: node.at, depth: distance + steps };
        const known = best.get(name);
        if (known === undefined || found.depth < known.depth) best.set(name, found);
        else if (found.depth === known.depth && canonicalText(found.value) !== canonicalText(known.value)) {
          const [first, second] =
            canonicalText(found.value) < canonicalText(known.value) ? [found, known] : [known, found];
          best.set(name, { ...first, rival: { value: second.value, at: second.at } });
        }
      }
    }
  }
  return new Map([...best].map(([name, { depth: _, ...found }]) => [name, found]));
}
