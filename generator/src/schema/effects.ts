import type { SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import type { Location, Members, Tagged } from './location.ts';
import { scalarKeywords } from './node-keywords.ts';
import { mostPatterns } from './places.ts';

/** Where in a schema `project` or `fill` may do something: at the place itself or anywhere below it. */
export interface Effects {
  drops(place: Location | Members | Tagged): boolean;
  fills(place: Location | Members | Tagged): boolean;
  /** Either of them. */
  changes(place: Location | Members | Tagged): boolean;
}

/** Alternatives that refer to one another combine into more places than anybody could mean. */
export class TooManyPlaces extends Error {}

/** Real schemas of 500 subschemas have about as many. */
const mostPlaces = 100_000;

export type Place = Location | Members | Tagged;

/** Whether anything changes in an item of an array that stands there. */
export function changesItems({ items }: Location, effects: Effects): boolean {
  return [...items.prefix, items.rest].some((item) => effects.changes(item));
}

/** Every place under the root, once. Throws `TooManyPlaces`. */
export function placesFrom(root: Location): Iterable<Place> {
  return walk(root).keys();
}

/**
 * Every place under the root is visited once; then what happens at one is told to those above it. Throws
 * `TooManyPlaces` when there are more than `most`.
 */
export function effectsFrom(root: Location, most = mostPlaces): Effects {
  const above = walk(root, most);
  const members = [...above.keys()].filter(isMembers);
  const drops = new Set<Place>(members.filter(({ open }) => !open));
  const fills = new Set<Place>(members.filter(({ defaults }) => defaults.size > 0));
  spread(drops, above);
  spread(fills, above);
  return {
    drops: (place) => drops.has(place),
    fills: (place) => fills.has(place),
    changes: (place) => drops.has(place) || fills.has(place),
  };
}

/** Every place with those directly above it. */
function walk(root: Location, most = mostPlaces): ReadonlyMap<Place, readonly Place[]> {
  const above = new Map<Place, Place[]>([[root, []]]);
  // A map that grows while it is walked: what is added is walked too.
  for (const place of above.keys()) {
    if (above.size > most) throw new TooManyPlaces();
    spend();
    for (const inner of below(place)) {
      const known = above.get(inner);
      if (known === undefined) above.set(inner, [place]);
      else known.push(place);
    }
  }
  return above;
}

function* below(place: Place): Iterable<Place> {
  if (!('kind' in place)) {
    if (!isSilent(place)) yield* [place.members, ...place.items.prefix, place.items.rest];
  } else if (place.kind === 'tagged') {
    for (const { members } of place.cases) yield members;
  } else {
    for (const name of place.names) yield place.member(name);
    for (const cell of cellsOf(place)) yield place.cell(cell);
  }
}

/** A place of objects without further cases. */
export function isMembers(place: Place): place is Members {
  return 'kind' in place && place.kind === 'members';
}

function spread(marked: Set<Place>, above: ReadonlyMap<Place, readonly Place[]>): void {
  // A set that grows while it is walked: its new members are walked too.
  for (const place of marked) for (const parent of above.get(place) ?? []) marked.add(parent);
}

/** Nothing that stands there says anything of members or items, so nothing happens to them. */
function isSilent({ standing: { must, groups, looked } }: Location): boolean {
  return must.length < 2 && groups.length === 0 && looked.length === 0 && must.every(isOfScalars);
}

function isOfScalars(node: SchemaNode): boolean {
  for (const keyword in node) if (!silentKeywords.has(keyword)) return false;
  return true;
}

/** Keywords that declare no member, open no place and lead to no other subschema. */
const silentKeywords: ReadonlySet<string> = new Set(['at', 'always', 'default', 'annotations', ...scalarKeywords]);

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
