import { type Location, type Members, mostPatterns, type Tagged } from './location.ts';

/** Where in a schema `project` or `fill` may do something: at the place itself or anywhere below it. */
export interface Effects {
  drops(place: Location | Members | Tagged): boolean;
  fills(place: Location | Members | Tagged): boolean;
}

type Place = Location | Members | Tagged;

/** Every place under the root is visited once; then what happens at one is told to those above it. */
export function effectsFrom(root: Location): Effects {
  const above = new Map<Place, Place[]>();
  const drops = new Set<Place>();
  const fills = new Set<Place>();
  const queue: Place[] = [root];
  const reach = (from: Place, to: Place): void => {
    const known = above.get(to);
    if (known !== undefined) known.push(from);
    else {
      above.set(to, [from]);
      queue.push(to);
    }
  };
  above.set(root, []);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const place = next;
    if (!('kind' in place)) {
      if (isNowhere(place)) continue;
      reach(place, place.members);
      for (const item of [...place.items.prefix, place.items.rest]) reach(place, item);
    } else if (place.kind === 'tagged') {
      for (const { members } of place.cases) reach(place, members);
    } else {
      if (!place.open) drops.add(place);
      if (place.defaults.size > 0) fills.add(place);
      for (const name of place.names) reach(place, place.member(name));
      for (const cell of cellsOf(place)) reach(place, place.cell(cell));
    }
  }
  spread(drops, above);
  spread(fills, above);
  return { drops: (place) => drops.has(place), fills: (place) => fills.has(place) };
}

function spread(marked: Set<Place>, above: ReadonlyMap<Place, readonly Place[]>): void {
  // A set that grows while it is walked: its new members are walked too.
  for (const place of marked) for (const parent of above.get(place) ?? []) marked.add(parent);
}

/** Nothing stands there, so nothing happens there. */
export function isNowhere({ standing }: Location): boolean {
  return standing.must.length === 0 && standing.groups.length === 0 && standing.looked.length === 0;
}

/**
 * The sets of patterns that a member without a name of its own may match, where such members are kept; the empty set
 * only at an open place. Some of them may be matched by no name at all.
 */
export function cellsOf(members: Members): readonly ReadonlySet<string>[] {
  let cells: string[][] = [[]];
  if (members.patterns.length > mostPatterns) return [];
  for (const pattern of members.patterns) cells = cells.flatMap((cell) => [cell, [...cell, pattern]]);
  return cells.filter((cell) => cell.length > 0 || members.open).map((cell) => new Set(cell));
}
